import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1/decisions',
  request: { model: 'gpt-6-luna', input: 'hi', questions: [{ type: 'predicate', name: 'q', text: 'Is it?' }] },
  status: 200,
  ...script,
})

describe('Decisions', () => {
  it("counts OpenAI's decisions, with the cache inside the input", async () => {
    const usage = {
      input_tokens: 120,
      input_tokens_details: { cached_tokens: 100, cache_write_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 123,
    }
    const body = { answers: [{ type: 'predicate', name: 'q', probability: 0.9 }], model: 'gpt-6-luna-2026-10', usage }
    assert.deepEqual(await countTokens(call({ body })), { input: 120, output: 3 })
    assert.deepEqual(await countCall(call({ body, host: 'api.openai.com' })), {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'openai',
      gen_ai_request_model: 'gpt-6-luna',
      gen_ai_response_model: 'gpt-6-luna-2026-10',
      error_type: '',
      usage: 'reported',
    })
  })

  it("counts OpenRouter's decisions", async () => {
    const request = { model: 'typesafe/jev-1.13', state: 'hi', questions: { q: { type: 'noul' } } }
    const body = { answers: { q: {} }, model: 'typesafe/jev-1.13', usage: { input_tokens: 9, output_tokens: 2 } }
    for (const target of ['/api/alpha/decisions', '/api/v1/systemone']) {
      assert.deepEqual(await countTokens(call({ target, request, body })), { input: 9, output: 2 })
    }
  })

  it('counts no decisions without questions', async () => {
    const other = call({ request: { applicant: 1, model: 'credit-v3' }, body: { approved: true } })
    assert.deepEqual((await count(other, { ...other, host: 'api.openai.com' })).requests, [])
  })
})
