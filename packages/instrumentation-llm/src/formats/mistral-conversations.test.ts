import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { namedSse } from './streams.test-support.ts'

const usage = {
  prompt_tokens: 177,
  completion_tokens: 134,
  connector_tokens: 3929,
  total_tokens: 4240,
  connectors: { web_search: 1 },
}
const outputs = [
  { object: 'entry', type: 'tool.execution', id: 't', name: 'web_search', arguments: '{"query":"Mistral"}' },
  { object: 'entry', type: 'message.output', id: 'm', role: 'assistant', model: 'mistral-medium-2508', content: 'hi' },
]
const response = { object: 'conversation.response', conversation_id: 'conv_1', outputs, usage }
const call = (script: Partial<Script>): Script => ({
  target: '/v1/conversations',
  request: { model: 'mistral-medium-latest', inputs: 'hi', stream: false },
  status: 200,
  ...script,
})
const stream = (...last: { type: string }[]) =>
  namedSse(
    { type: 'conversation.response.started', conversation_id: 'conv_1' } as never,
    { type: 'tool.execution.started', id: 't', name: 'web_search', model: 'mistral-medium-2508' } as never,
    { type: 'message.output.delta', id: 'm', content: '"type":"conversation.response.done" "model": "x"' } as never,
    ...last,
  )
const done = { type: 'conversation.response.done', usage }

describe('Mistral conversations', () => {
  it('counts a whole Mistral conversation, with connector tokens as input', async () => {
    for (const target of ['/v1/conversations', '/v1/conversations/conv_1', '/v1/conversations/conv_1/restart?x=y']) {
      assert.deepEqual(await countTokens(call({ target, body: response })), { input: 177 + 3929, output: 134 })
    }
    assert.deepEqual(await countCall(call({ host: 'api.mistral.ai', body: response })), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'mistral',
      gen_ai_request_model: 'mistral-medium-latest',
      gen_ai_response_model: 'mistral-medium-2508',
      error_type: '',
      usage: 'reported',
    })
  })

  it('counts the last event of a Mistral conversation stream, however its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(stream(done))
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes += 7) {
      const script = call({ body: bytes, contentType: 'text/event-stream', chunkBytes, outcome: 'aborted' })
      assert.deepEqual(await countTokens(script), { input: 177 + 3929, output: 134 })
      const { error_type, gen_ai_response_model } = await countCall(script)
      assert.deepEqual([error_type, gen_ai_response_model], ['', 'mistral-medium-2508'])
    }
  })

  it('has the error of a Mistral conversation stream, and aborted for one that is abandoned', async () => {
    const error = { type: 'conversation.response.error', message: 'no', code: 3000 }
    assert.equal((await countCall(call({ body: stream(error) }))).error_type, '3000')
    const abandoned = await countCall(call({ body: stream(), outcome: 'aborted' }))
    assert.deepEqual([abandoned.error_type, abandoned.usage], ['aborted', 'missing'])
  })

  it('counts a Mistral agent, whose request names no model, if it reports tokens or its host is known', async () => {
    const request = { agent_id: 'ag_1', inputs: 'hi' }
    const { gen_ai_request_model, usage: label } = await countCall(call({ request, body: response }))
    assert.deepEqual([gen_ai_request_model, label], ['unknown', 'reported'])
    const failed = call({ request, host: 'api.mistral.ai', status: 429 })
    assert.equal((await countCall(failed)).error_type, '429')
  })

  it('does not count conversations of other APIs', async () => {
    const others = [
      // OpenAI stores conversations at this path and calls no model.
      call({ host: 'api.openai.com', request: { items: [], metadata: {} }, body: { object: 'conversation' } }),
      call({ host: 'api.openai.com', target: '/v1/conversations/conv_1', request: { metadata: {} }, body: {} }),
      call({ target: '/v1/conversations/conv_1/items' }),
      call({ request: { participants: ['a'], model: 'x' }, status: 201, body: { id: 1 } }),
      call({ request: { inputs: 'hi' }, status: 201, body: { id: 1 } }),
      call({ method: 'GET', target: '/v1/conversations/conv_1' }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })
})
