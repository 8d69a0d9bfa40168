import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const request = { inputs: 'Grüße', parameters: { details: true } }
const call = (script: Partial<Script>): Script => ({ target: '/generate', request, status: 200, ...script })

describe('Text Generation Inference', () => {
  it('counts the output in the details of TGI, and the input in its headers', async () => {
    const details = { finish_reason: 'length', generated_tokens: 20, prefill: [], tokens: [] }
    const body = { generated_text: 'x', details }
    assert.deepEqual(await countTokens(call({ body })), { output: 20 })
    const responseHeaders = { 'x-prompt-tokens': '7', 'x-generated-tokens': '20' }
    assert.deepEqual(await countTokens(call({ body: { generated_text: 'x' }, responseHeaders })), {
      input: 7,
      output: 20,
    })
    assert.deepEqual(await countCall(call({ body })), {
      gen_ai_operation_name: 'text_completion',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'unknown',
      gen_ai_response_model: 'unknown',
      error_type: '',
      usage: 'reported',
    })
  })

  it('counts the last message of a TGI stream, and has its error', async () => {
    const token = { index: 1, token: { id: 1, text: '"details":{' }, generated_text: null, details: null }
    const last = {
      ...token,
      generated_text: 'x',
      details: { finish_reason: 'eos_token', generated_tokens: 3, seed: null },
    }
    const target = '/generate_stream'
    const script = call({ target, body: sse(token, token, last), outcome: 'aborted' })
    assert.deepEqual(await countTokens(script), { output: 3 })
    assert.equal((await countCall(script)).error_type, '')
    const failed = sse(token, { error: 'Request failed', error_type: 'generation' })
    const host = 'abc.endpoints.huggingface.cloud'
    assert.equal((await countCall(call({ target, body: failed, host }))).error_type, 'generation')
  })

  it('counts nothing at a path of TGI without tokens on an unknown host, or without inputs', async () => {
    const others = [
      call({ body: { generated_text: 'x' } }),
      call({ request: { prompt: 'a song', model: 'x' }, body: { taskId: 1 } }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })
})
