import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

describe("Voyage's own embeddings", () => {
  it("counts the total of Voyage's own embeddings as input", async () => {
    const body = {
      object: 'list',
      data: [],
      model: 'voyage-multimodal-3.5',
      usage: { text_tokens: 5, total_tokens: 3576 },
    }
    const inputs = [{ content: [{ type: 'text', text: 'a' }] }]
    for (const target of ['/v1/multimodalembeddings', '/v1/contextualizedembeddings']) {
      const script: Script = { target, request: { model: 'voyage-multimodal-3.5', inputs }, status: 200, body }
      assert.deepEqual(await countTokens(script), { input: 3576 })
      assert.equal((await countCall(script)).gen_ai_operation_name, 'embeddings')
    }
  })
})
