import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { namedSse } from './streams.test-support.ts'

const usage = {
  input_tokens: 300,
  input_tokens_details: { cached_tokens: 256, cache_write_tokens: 0 },
  output_tokens: 80,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 380,
}
const response = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5.2-2026-01-01',
  output: [{ type: 'message', content: [{ type: 'output_text', text: 'says "usage": {"input_tokens": 1}' }] }],
  text: { format: { type: 'text' } },
  usage,
}
const call = (script: Partial<Script>): Script => ({
  target: '/v1/responses',
  request: { model: 'gpt-5.2', input: 'hi' },
  status: 200,
  ...script,
})
const created = { ...response, status: 'in_progress', output: [], usage: null }
const delta = { type: 'response.output_text.delta', item_id: 'msg_1', delta: '"type":"response.completed"' }

describe('OpenAI responses', () => {
  it('counts a whole response of the Responses API', async () => {
    const { requests, tokens } = await count(call({ host: 'api.openai.com', body: response }))
    const labels = {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'openai',
      gen_ai_request_model: 'gpt-5.2',
      gen_ai_response_model: 'gpt-5.2-2026-01-01',
    }
    assert.deepEqual(requests, [{ labels: { ...labels, error_type: '', usage: 'reported' }, value: 1 }])
    assert.deepEqual(
      tokens.map(({ value }) => value),
      [300, 80],
    )
  })

  it('counts the last event of a Responses stream, even if the client then leaves', async () => {
    for (const status of ['completed', 'incomplete']) {
      const last = { type: `response.${status}`, response: { ...response, status } }
      const script = call({
        body: namedSse({ type: 'response.created', response: created } as never, delta, delta, last),
        outcome: 'aborted',
      })
      assert.deepEqual(await countTokens(script), { input: 300, output: 80 })
      const { error_type, gen_ai_response_model: model } = await countCall(script)
      assert.deepEqual({ error_type, model }, { error_type: '', model: response.model })
    }
  })

  it('counts a Responses stream that is abandoned as aborted, with its model and without tokens', async () => {
    const script = call({
      body: namedSse({ type: 'response.created', response: created } as never, delta),
      outcome: 'aborted',
    })
    const { error_type, usage: label, gen_ai_response_model: model } = await countCall(script)
    assert.deepEqual([error_type, label, model], ['aborted', 'missing', response.model])
  })

  it('has the error of a failed response with its tokens, and of an error event', async () => {
    const error = { code: 'rate_limit_exceeded', message: 'slow down' }
    const failed = { type: 'response.failed', response: { ...response, status: 'failed', error } }
    assert.equal((await countCall(call({ body: namedSse(failed) }))).error_type, 'rate_limit_exceeded')
    assert.deepEqual(await countTokens(call({ body: namedSse(failed) })), { input: 300, output: 80 })
    const event = { type: 'error', code: 'server_error', message: 'no', param: null }
    assert.equal((await countCall(call({ body: namedSse(event) }))).error_type, 'server_error')
    assert.equal((await countCall(call({ body: namedSse({ type: 'error', error } as never) }))).error_type, error.code)
  })

  it('counts a response with an image of megabytes before its usage', async () => {
    const image = { type: 'image_generation_call', result: 'A'.repeat(4_000_000) }
    const last = { type: 'response.completed', response: { ...response, output: [image] } }
    assert.deepEqual(await countTokens(call({ body: namedSse(last), chunkBytes: 65536 })), { input: 300, output: 80 })
  })

  it('has the usage missing for a response in the background that is not polled', async () => {
    assert.equal((await countCall(call({ body: { ...created, status: 'queued' } }))).usage, 'missing')
  })

  it('counts a request to a path of Responses only if host, header, body or response show that it is one', async () => {
    const counted = async (script: Partial<Script>) =>
      (await count(call({ body: response, ...script }))).requests.length
    assert.equal(await counted({ target: '/openai/v1/responses?api-version=preview' }), 1)
    assert.equal(await counted({ target: '/v1/responses/compact' }), 1)
    const form = { answers: [1], model: 'V70' }
    assert.equal(await counted({ request: form, status: 201, body: { id: 1 } }), 0)
    assert.equal(await counted({ request: form, status: 400 }), 0)
    assert.equal(await counted({ request: { ...form, input: 'x' }, status: 201, body: { id: 1 } }), 0)
    assert.equal(await counted({ request: { prompt: { id: 'p' } }, host: 'api.openai.com' }), 1)
    assert.equal(await counted({ request: undefined, headers: { 'x-stainless-lang': 'js' } }), 1)
    for (const target of ['/v1/responses/resp_1', '/v1/responses/resp_1/cancel', '/v1/responses/input_tokens']) {
      assert.equal(await counted({ target }), 0, target)
    }
  })
})
