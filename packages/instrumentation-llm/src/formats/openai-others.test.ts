import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
const call = (target: string, script: Partial<Script>): Script => ({
  target,
  request: { model: 'm', prompt: 'hi', input: 'hi', file_url: 'https://example.com/a.mp3' },
  status: 200,
  ...script,
})

describe('OpenAI completions, and what is like them', () => {
  const body = { id: 'cmpl-1', object: 'text_completion', model: 'm-1', choices: [{ text: 'x', index: 0 }], usage }

  it('count an answer and a stream', async () => {
    const stream = sse({ ...body, usage: null }, { ...body, choices: [] }, '[DONE]')
    for (const script of [{ body }, { body: stream }]) {
      assert.deepEqual(await requestOf(call('/v1/completions', script)), {
        gen_ai_operation_name: 'text_completion',
        gen_ai_system: 'custom',
        gen_ai_request_model: 'm',
        gen_ai_response_model: 'm-1',
        error_type: '',
        usage: 'reported',
      })
      assert.deepEqual(await tokensOf(call('/v1/completions', script)), { input: 5, output: 7 })
    }
  })

  it('are text completions at Mistral too, and chats with its agents', async () => {
    const operation = async (target: string) => (await requestOf(call(target, { body }))).gen_ai_operation_name
    assert.equal(await operation('/v1/fim/completions'), 'text_completion')
    assert.equal(await operation('/openai/deployments/d/completions'), 'text_completion')
    assert.equal(await operation('/v1/agents/completions'), 'chat')
    const vertex = '/v1/projects/p/locations/l/publishers/mistralai/models/codestral:streamRawPredict'
    assert.equal(await operation(vertex), 'chat')
    const agent = call('/v1/agents/completions', { request: { agent_id: 'a' }, host: 'api.mistral.ai', body })
    assert.equal((await requestOf(agent)).gen_ai_request_model, 'unknown')
  })

  it('are none where neither a model nor a header nor the host says so', async () => {
    const form = call('/v1/completions', { request: { course: 1 }, body: {} })
    assert.deepEqual((await count(form)).requests, [])
  })
})

describe("Perplexity's usage", () => {
  it('has reasoning beside the completion', async () => {
    const told = { ...usage, citation_tokens: 900, num_search_queries: 18, reasoning_tokens: 100 }
    assert.deepEqual(await tokensOf(call('/chat/completions', { body: { model: 'sonar', usage: told } })), {
      input: 5,
      output: 107,
    })
  })
})

describe('OpenAI embeddings', () => {
  const body = (told: object) => ({ object: 'list', data: [{ embedding: [0.1] }], model: 'm-1', usage: told })

  it('count the prompt, also where only the total is told', async () => {
    for (const told of [{ prompt_tokens: 8, total_tokens: 8 }, { total_tokens: 8 }]) {
      const script = call('/v1/embeddings', { body: body(told) })
      assert.deepEqual(await tokensOf(script), { input: 8 })
      assert.equal((await requestOf(script)).gen_ai_operation_name, 'embeddings')
    }
  })

  it('have no output, though Mistral writes zero', async () => {
    assert.deepEqual(await tokensOf(call('/v1/embeddings', { body: body({ ...usage, completion_tokens: 0 }) })), {
      input: 5,
    })
  })
})

describe('OpenAI images and audio', () => {
  const told = { input_tokens: 50, output_tokens: 4160, total_tokens: 4210, input_tokens_details: { text_tokens: 50 } }
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

  it('count images, whole or streamed', async () => {
    const whole = { created: 1, data: [{ b64_json: 'A'.repeat(200_000) }], usage: told }
    const partial = { type: 'image_generation.partial_image', b64_json: '"usage":{', partial_image_index: 0 }
    const stream = sse(partial, { type: 'image_generation.completed', b64_json: 'AAAA', usage: told })
    for (const body of [whole, stream]) {
      const script = call('/v1/images/generations', { body, outcome: 'aborted' })
      assert.deepEqual(await tokensOf(script), { input: 50, output: 4160 })
      assert.equal((await requestOf(script)).gen_ai_operation_name, 'generate_content')
    }
  })

  it('find the model in a form, wherever its bytes are cut', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' }
    for (const [file, chunkBytes] of [
      ['\u0000\r\n--x name="model"', 1],
      ['\u0000', 13],
      ['x'.repeat(3_000_000), 65536],
    ] as const) {
      const script = call('/v1/images/edits', { headers, request: form(file), body: { usage: told }, chunkBytes })
      assert.equal((await requestOf(script)).gen_ai_request_model, 'größe-1')
    }
  })

  it('count transcriptions that tell tokens, and miss those that tell seconds', async () => {
    const target = '/v1/audio/transcriptions'
    const tokens = { type: 'tokens', input_tokens: 14, output_tokens: 45, total_tokens: 59 }
    const done = { type: 'transcript.text.done', text: 'x', usage: tokens }
    assert.deepEqual(await tokensOf(call(target, { body: { text: 'x', usage: tokens } })), { input: 14, output: 45 })
    assert.deepEqual(await tokensOf(call(target, { body: sse({ type: 'transcript.text.delta' }, done) })), {
      input: 14,
      output: 45,
    })
    // Those of Mistral, as its documentation has them: 375 tokens for each 30 seconds of audio are in the total alone.
    const heard = { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635, total_tokens: 3264 }
    const spoken = sse({ type: 'transcription.language' }, { type: 'transcription.done', model: 'v', usage: heard })
    for (const body of [{ model: 'v', text: 'x', usage: heard }, spoken]) {
      assert.deepEqual(await tokensOf(call(target, { body })), { input: 4 + 7 * 375, output: 635 })
    }
    const unheard = { ...heard, prompt_audio_seconds: null }
    assert.deepEqual(await tokensOf(call(target, { body: { usage: unheard } })), { input: 4, output: 635 })
    const seconds = call(target, { body: { text: 'x', usage: { type: 'duration', seconds: 9 } } })
    assert.equal((await requestOf(seconds)).usage, 'missing')
  })

  it('count speech, of which nothing is told', async () => {
    const script = call('/v1/audio/speech', { body: new Uint8Array(100_000), contentType: 'audio/mpeg' })
    assert.deepEqual(await requestOf(script), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'm',
      gen_ai_response_model: 'unknown',
      error_type: '',
      usage: 'missing',
    })
  })
})
