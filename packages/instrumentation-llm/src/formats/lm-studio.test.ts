import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { namedSse } from './streams.test-support.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/api/v1/chat',
  request: { model: 'openai/gpt-oss-20b', input: 'hi' },
  status: 200,
  ...script,
})
const model = 'openai/gpt-oss-20b:2'
const result = {
  model_instance_id: model,
  output: [{ type: 'message', content: 'says "type":"chat.end"' }],
  stats: { input_tokens: 329, total_output_tokens: 268, reasoning_output_tokens: 5, tokens_per_second: 43.73 },
  response_id: 'resp_1',
}
const start = { type: 'chat.start', model_instance_id: model }
const delta = { type: 'message.delta', content: '"type":"chat.end"' }
const end = { type: 'chat.end', result }

describe("LM Studio's own API", () => {
  it('counts an LM Studio chat, whole and streamed', async () => {
    for (const body of [result, namedSse(start, delta, end)]) {
      const script = call({ body, outcome: 'aborted' })
      assert.deepEqual(await countTokens(script), { input: 329, output: 268 })
      assert.deepEqual(await countCall(call({ body })), {
        gen_ai_operation_name: 'chat',
        gen_ai_system: 'custom',
        gen_ai_request_model: 'openai/gpt-oss-20b',
        gen_ai_response_model: model,
        error_type: '',
        usage: 'reported',
      })
    }
  })

  it('has the error of an LM Studio stream, and its tokens', async () => {
    const error = { type: 'mcp_connection_error', message: 'no' }
    const body = namedSse(start, { type: 'error', error } as never, end)
    assert.equal((await countCall(call({ body }))).error_type, 'mcp_connection_error')
    assert.deepEqual(await countTokens(call({ body })), { input: 329, output: 268 })
  })

  it('counts an LM Studio stream that is abandoned as aborted', async () => {
    const { error_type, usage } = await countCall(call({ body: namedSse(start, delta), outcome: 'aborted' }))
    assert.deepEqual([error_type, usage], ['aborted', 'missing'])
  })

  it("counts Cohere's path as Cohere's, and no chat of another API", async () => {
    const cohere = call({ target: '/v1/chat', request: { model: 'm', message: 'x' }, body: { meta: {} } })
    assert.equal((await countCall(cohere)).usage, 'missing')
    assert.deepEqual((await count(call({ body: { reply: 'x' } }))).requests, [])
  })
})
