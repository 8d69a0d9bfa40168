import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { namedSse, ndjson } from './streams.test-support.ts'

const usage = {
  billed_units: { input_tokens: 5, output_tokens: 418 },
  tokens: { input_tokens: 71, output_tokens: 418 },
  cached_tokens: 64,
}
const call = (target: string, script: Partial<Script>): Script => ({
  target,
  host: 'api.cohere.com',
  request: { model: 'command-a' },
  status: 200,
  ...script,
})
const billed = { input: 5, output: 418 }

describe('Cohere chat', () => {
  const end = (delta: object) => ({ type: 'message-end', delta: { finish_reason: 'COMPLETE', usage, ...delta } })

  it('counts the billed tokens of a Cohere chat that reports both kinds', async () => {
    assert.deepEqual(await countTokens(call('/v2/chat', { body: { id: 'c', message: {}, usage } })), billed)
    const body = { usage: { tokens: usage.tokens } }
    assert.deepEqual(await countTokens(call('/v2/chat', { body })), { input: 71, output: 418 })
  })

  it('counts the end of a Cohere stream, and has the error in it', async () => {
    const text = { type: 'content-delta', delta: { message: { content: { text: '"message-end"' } } } }
    const body = namedSse({ type: 'message-start' }, text, end({}))
    assert.deepEqual(await countTokens(call('/v2/chat', { body, outcome: 'aborted' })), billed)
    assert.deepEqual(await countCall(call('/v2/chat', { body, outcome: 'aborted' })), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'cohere',
      gen_ai_request_model: 'command-a',
      gen_ai_response_model: 'unknown',
      error_type: '',
      usage: 'reported',
    })
    const failed = namedSse(end({ finish_reason: 'ERROR', error: 'model timed out' }))
    assert.equal((await countCall(call('/v2/chat', { body: failed }))).error_type, 'ERROR')
    assert.equal((await countCall(call('/v2/chat', { body: { finish_reason: 'TIMEOUT' } }))).error_type, 'TIMEOUT')
  })

  it('counts Cohere v1, whose stream is lines of JSON', async () => {
    const response = { text: 'x', meta: { api_version: { version: '1' }, ...usage } }
    const stream = ndjson(
      { event_type: 'stream-start' },
      { event_type: 'text-generation', text: 'x' },
      { event_type: 'stream-end', finish_reason: 'COMPLETE', response },
    )
    assert.deepEqual(await countTokens(call('/v1/chat', { body: response })), billed)
    const script = call('/v1/chat', { body: stream, contentType: 'application/stream+json', outcome: 'aborted' })
    assert.deepEqual(await countTokens(script), billed)
    assert.equal((await countCall(script)).error_type, '')
    const generate = call('/v1/generate', { body: { generations: [], meta: response.meta } })
    assert.equal((await countCall(generate)).gen_ai_operation_name, 'text_completion')
  })

  it('does not count a chat of another API', async () => {
    const other = call('/v2/chat', { host: 'chat.example.com', request: { text: 'hi' }, body: {} })
    assert.deepEqual((await count(other)).requests, [])
  })
})

describe('Cohere embed', () => {
  it('counts text and images of Cohere embeddings', async () => {
    const body = { embeddings: { float: [[0.1]] }, meta: { billed_units: { input_tokens: 3, image_tokens: 100 } } }
    for (const target of ['/v2/embed', '/v1/embed']) {
      assert.deepEqual(await countTokens(call(target, { body })), { input: 103 })
      assert.equal((await countCall(call(target, { body }))).gen_ai_operation_name, 'embeddings')
    }
  })
})
