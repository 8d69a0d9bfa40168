import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from '../call-metrics.test-support.ts'

const request = { model: 'rerank-2.5', query: 'q', documents: ['a', 'b'] }
const results = [{ index: 0, relevance_score: 0.9 }]
const call = (script: Partial<Script>): Script => ({ target: '/v1/rerank', request, status: 200, ...script })

describe('Rerank', () => {
  it('counts the total as input, as Voyage, Jina, OpenRouter and vLLM tell it', async () => {
    const body = { object: 'list', data: results, model: 'rerank-2.5', usage: { total_tokens: 26 } }
    assert.deepEqual(await tokensOf(call({ body })), { input: 26 })
    assert.deepEqual(await requestOf(call({ body, host: 'api.voyageai.com' })), {
      gen_ai_operation_name: 'rerank',
      gen_ai_system: 'voyageai',
      gen_ai_request_model: 'rerank-2.5',
      gen_ai_response_model: 'rerank-2.5',
      error_type: '',
      usage: 'reported',
    })
    for (const target of ['/rerank', '/v2/rerank', '/api/v1/rerank']) {
      assert.deepEqual(await tokensOf(call({ target, body })), { input: 26 })
    }
  })

  it('misses the tokens of Cohere, which tells search units', async () => {
    const body = { results, id: 'r', meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } }
    const { gen_ai_system, usage } = await requestOf(call({ target: '/v2/rerank', host: 'api.cohere.com', body }))
    assert.deepEqual([gen_ai_system, usage], ['cohere', 'missing'])
  })

  it('is none without a query and documents, or without a model on a host that is not known', async () => {
    const body = { results }
    const others = [
      call({ request: { model: 'm', query: 'q', texts: [] }, body }),
      call({ request: { model: 'm', documents: [] }, body, host: 'api.cohere.com' }),
      call({ request: { query: 'q', documents: [] }, body }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })
})

describe("Voyage's further embeddings", () => {
  it('count the total as input', async () => {
    const body = {
      object: 'list',
      data: [],
      model: 'voyage-multimodal-3.5',
      usage: { text_tokens: 5, total_tokens: 3576 },
    }
    const inputs = [{ content: [{ type: 'text', text: 'a' }] }]
    for (const target of ['/v1/multimodalembeddings', '/v1/contextualizedembeddings']) {
      const script = call({ target, request: { model: 'voyage-multimodal-3.5', inputs }, body })
      assert.deepEqual(await tokensOf(script), { input: 3576 })
      assert.equal((await requestOf(script)).gen_ai_operation_name, 'embeddings')
    }
  })
})
