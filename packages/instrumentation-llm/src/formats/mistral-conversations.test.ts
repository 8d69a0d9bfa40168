import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from '../call-metrics.test-support.ts'
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
  it('count a response, with what connectors brought in as input', async () => {
    for (const target of ['/v1/conversations', '/v1/conversations/conv_1', '/v1/conversations/conv_1/restart?x=y']) {
      assert.deepEqual(await tokensOf(call({ target, body: response })), { input: 177 + 3929, output: 134 })
    }
    assert.deepEqual(await requestOf(call({ host: 'api.mistral.ai', body: response })), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'mistral',
      gen_ai_request_model: 'mistral-medium-latest',
      gen_ai_response_model: 'mistral-medium-2508',
      error_type: '',
      usage: 'reported',
    })
  })

  it('count a stream by its last event, wherever its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(stream(done))
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes += 7) {
      const script = call({ body: bytes, contentType: 'text/event-stream', chunkBytes, outcome: 'aborted' })
      assert.deepEqual(await tokensOf(script), { input: 177 + 3929, output: 134 })
      const { error_type, gen_ai_response_model } = await requestOf(script)
      assert.deepEqual([error_type, gen_ai_response_model], ['', 'mistral-medium-2508'])
    }
  })

  it('have the error of a stream, and are aborted where it is left', async () => {
    const error = { type: 'conversation.response.error', message: 'no', code: 3000 }
    assert.equal((await requestOf(call({ body: stream(error) }))).error_type, '3000')
    const left = await requestOf(call({ body: stream(), outcome: 'aborted' }))
    assert.deepEqual([left.error_type, left.usage], ['aborted', 'missing'])
  })

  it('count an agent, which has the model, by its tokens or its host', async () => {
    const request = { agent_id: 'ag_1', inputs: 'hi' }
    const { gen_ai_request_model, usage: told } = await requestOf(call({ request, body: response }))
    assert.deepEqual([gen_ai_request_model, told], ['unknown', 'reported'])
    const failed = call({ request, host: 'api.mistral.ai', status: 429 })
    assert.equal((await requestOf(failed)).error_type, '429')
  })

  it('leave alone what others have at such paths', async () => {
    const others = [
      // OpenAI stores conversations there, and calls no model.
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

describe('Mistral OCR', () => {
  it('is a call that tells no tokens', async () => {
    const request = { model: 'mistral-ocr-latest', document: { type: 'document_url', document_url: 'data:' } }
    const body = { pages: [], model: 'mistral-ocr-2512', usage_info: { pages_processed: 29, doc_size_bytes: 3002783 } }
    assert.deepEqual(await requestOf(call({ target: '/v1/ocr', request, body })), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'mistral-ocr-latest',
      gen_ai_response_model: 'mistral-ocr-2512',
      error_type: '',
      usage: 'missing',
    })
    const other = call({ target: '/v1/ocr', request: { model: 'fast', image: 'AAAA' }, body: {} })
    assert.deepEqual((await count(other)).requests, [])
  })
})
