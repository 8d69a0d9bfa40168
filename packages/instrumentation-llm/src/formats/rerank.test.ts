import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const request = { model: 'rerank-2.5', query: 'q', documents: ['a', 'b'] }
const results = [{ index: 0, relevance_score: 0.9 }]
const call = (script: Partial<Script>): Script => ({ target: '/v1/rerank', request, status: 200, ...script })

describe('Rerank', () => {
  it('counts the total of a rerank as input, as Voyage, Jina, OpenRouter and vLLM report it', async () => {
    const body = { object: 'list', data: results, model: 'rerank-2.5', usage: { total_tokens: 26 } }
    assert.deepEqual(await countTokens(call({ body })), { input: 26 })
    assert.deepEqual(await countCall(call({ body, host: 'api.voyageai.com' })), {
      gen_ai_operation_name: 'rerank',
      gen_ai_system: 'voyageai',
      gen_ai_request_model: 'rerank-2.5',
      gen_ai_response_model: 'rerank-2.5',
      error_type: '',
      usage: 'reported',
    })
    for (const target of ['/rerank', '/v2/rerank', '/api/v1/rerank']) {
      assert.deepEqual(await countTokens(call({ target, body })), { input: 26 })
    }
  })

  it("has the usage missing for Cohere's rerank, which reports search units", async () => {
    const body = { results, id: 'r', meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } }
    const { gen_ai_system, usage } = await countCall(call({ target: '/v2/rerank', host: 'api.cohere.com', body }))
    assert.deepEqual([gen_ai_system, usage], ['cohere', 'missing'])
  })

  it('counts no rerank without query and documents, or without a model on an unknown host', async () => {
    const body = { results }
    const others = [
      call({ request: { model: 'm', query: 'q', texts: [] }, body }),
      call({ request: { model: 'm', documents: [] }, body, host: 'api.cohere.com' }),
      call({ request: { query: 'q', documents: [] }, body }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })
})
