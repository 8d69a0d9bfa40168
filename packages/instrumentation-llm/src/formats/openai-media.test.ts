import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const call = (target: string, script: Partial<Script>): Script => ({
  target,
  request: { model: 'm', prompt: 'hi', input: 'hi', file_url: 'https://example.com/a.mp3' },
  status: 200,
  ...script,
})

describe('OpenAI images and audio', () => {
  const imageUsage = {
    input_tokens: 50,
    output_tokens: 4160,
    total_tokens: 4210,
    input_tokens_details: { text_tokens: 50 },
  }
  const form = (file: string) =>
    [
      '--b',
      'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n',
      file,
      '--b',
      'Content-Disposition: form-data; name="model"\r\n',
      'größe-1',
      '--b--',
    ].join('\r\n')

  it('counts images, whole and streamed', async () => {
    const whole = { created: 1, data: [{ b64_json: 'A'.repeat(200_000) }], usage: imageUsage }
    const partial = { type: 'image_generation.partial_image', b64_json: '"usage":{', partial_image_index: 0 }
    const stream = sse(partial, { type: 'image_generation.completed', b64_json: 'AAAA', usage: imageUsage })
    for (const body of [whole, stream]) {
      const script = call('/v1/images/generations', { body, outcome: 'aborted' })
      assert.deepEqual(await countTokens(script), { input: 50, output: 4160 })
      assert.equal((await countCall(script)).gen_ai_operation_name, 'generate_content')
    }
  })

  it('has the model of a form with an image, however its bytes are cut', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    for (const [file, chunkBytes] of [
      ['\u0000\r\n--x name="model"', 1],
      ['\u0000', 13],
      ['x'.repeat(3_000_000), 65536],
    ] as const) {
      const script = call('/v1/images/edits', { headers, request: form(file), body: { usage: imageUsage }, chunkBytes })
      assert.equal((await countCall(script)).gen_ai_request_model, 'größe-1')
    }
  })

  it('counts transcriptions that report tokens, and has the usage missing for those that report seconds', async () => {
    const target = '/v1/audio/transcriptions'
    const tokens = { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 }
    const done = { type: 'transcript.text.done', text: 'x', usage: tokens }
    assert.deepEqual(await countTokens(call(target, { body: { text: 'x', usage: tokens } })), { input: 14, output: 45 })
    assert.deepEqual(await countTokens(call(target, { body: sse({ type: 'transcript.text.delta' }, done) })), {
      input: 14,
      output: 45,
    })
    // Mistral's documentation has this usage. Only the total includes the audio's 375 tokens for each 30 seconds.
    const audioUsage = { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635, total_tokens: 3264 }
    const stream = sse(
      { type: 'transcription.language' },
      { type: 'transcription.done', model: 'v', usage: audioUsage },
    )
    for (const body of [{ model: 'v', text: 'x', usage: audioUsage }, stream]) {
      assert.deepEqual(await countTokens(call(target, { body })), { input: 4 + 7 * 375, output: 635 })
    }
    const withoutAudio = { ...audioUsage, prompt_audio_seconds: null }
    assert.deepEqual(await countTokens(call(target, { body: { usage: withoutAudio } })), { input: 4, output: 635 })
    const seconds = call(target, { body: { text: 'x', usage: { type: 'duration', seconds: 9 } } })
    assert.equal((await countCall(seconds)).usage, 'missing')
  })

  it('counts speech, which reports no tokens', async () => {
    const script = call('/v1/audio/speech', { body: new Uint8Array(100_000), contentType: 'audio/mpeg' })
    assert.deepEqual(await countCall(script), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'm',
      gen_ai_response_model: 'unknown',
      error_type: '',
      usage: 'missing',
    })
  })
})
