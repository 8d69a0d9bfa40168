import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const model = '@cf/meta/llama-3.3-70b-instruct-fp8-fast'
const usage = { prompt_tokens: 26, completion_tokens: 70, total_tokens: 96 }
const call = (script: Partial<Script>): Script => ({
  target: `/client/v4/accounts/abc/ai/run/${model}`,
  host: 'api.cloudflare.com',
  request: { messages: [] },
  status: 200,
  ...script,
})

describe('Cloudflare Workers AI', () => {
  it('counts Workers AI through its REST API and the AI Gateway', async () => {
    const body = { result: { response: 'says "usage":{}', usage }, success: true, errors: [], messages: [] }
    for (const [host, target] of [
      ['api.cloudflare.com', `/client/v4/accounts/abc/ai/run/${model}`],
      ['gateway.ai.cloudflare.com', `/v1/abc/gate/workers-ai/${model}`],
      ['gateway.ai.cloudflare.com', `/v1/abc/gate/workers-ai/run/${model}`],
    ] as const) {
      assert.deepEqual(await countTokens(call({ host, target, body })), { input: 26, output: 70 })
      assert.deepEqual(await countCall(call({ host, target, body })), {
        gen_ai_operation_name: 'generate_content',
        gen_ai_system: 'cloudflare',
        gen_ai_request_model: model,
        gen_ai_response_model: 'unknown',
        error_type: '',
        usage: 'reported',
      })
    }
  })

  it('counts a Workers AI stream', async () => {
    const body = sse({ response: 'a' }, { response: '"usage":{' }, { response: '', usage }, '[DONE]')
    const script = call({ body, outcome: 'aborted' })
    assert.deepEqual(await countTokens(script), { input: 26, output: 70 })
    assert.equal((await countCall(script)).error_type, '')
  })

  it('counts embeddings of Workers AI', async () => {
    const target = '/client/v4/accounts/abc/ai/run/@cf/baai/bge-m3'
    const body = { result: { shape: [1, 1024], data: [[0.1]] }, success: true, errors: [], messages: [] }
    const { gen_ai_operation_name, usage: label } = await countCall(call({ target, body }))
    assert.deepEqual([gen_ai_operation_name, label], ['embeddings', 'missing'])
  })

  it('counts the OpenAI-compatible path of Workers AI as chat, and no other products of Cloudflare', async () => {
    const target = '/client/v4/accounts/abc/ai/v1/chat/completions'
    const { gen_ai_operation_name } = await countCall(
      call({ target, request: { model, messages: [] }, body: { usage } }),
    )
    assert.equal(gen_ai_operation_name, 'chat')
    const others = ['/client/v4/accounts/abc/ai/run/mine', '/client/v4/accounts/abc/ai/models/search', '/ai/run/1']
    assert.deepEqual((await count(...others.map((path) => call({ target: path, body: {} })))).requests, [])
  })
})
