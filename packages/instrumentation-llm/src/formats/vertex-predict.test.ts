import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const call = (script: Partial<Script> & { target: string }): Script => ({
  request: { instances: [{ content: 'hi' }] },
  status: 200,
  ...script,
})

describe('Vertex AI predict', () => {
  const google = '/v1/projects/p/locations/us-central1/publishers/google/models'

  it('adds up the tokens of Vertex AI embeddings, however the bytes are cut', async () => {
    const prediction = (token_count: number) => ({
      embeddings: { values: [0.123, -0.5], statistics: { truncated: false, token_count } },
    })
    const body = new TextEncoder().encode(
      JSON.stringify({ predictions: [prediction(1234), prediction(6)], metadata: { billableCharacterCount: 20 } }),
    )
    const target = `${google}/gemini-embedding-001:predict`
    for (let chunkBytes = 1; chunkBytes <= body.length; chunkBytes++) {
      const script = call({ target, body, contentType: 'application/json', chunkBytes })
      assert.deepEqual(await countTokens(script), { input: 1240 })
    }
    const none = call({ target, body: { predictions: [] }, host: 'us-central1-aiplatform.googleapis.com' })
    const { gen_ai_operation_name, gen_ai_system, usage } = await countCall(none)
    assert.deepEqual([gen_ai_operation_name, gen_ai_system, usage], ['embeddings', 'gcp.vertex_ai', 'missing'])
  })

  it('counts Imagen, which reports no tokens', async () => {
    const body = { predictions: [{ bytesBase64Encoded: 'AAAA', mimeType: 'image/png' }] }
    for (const target of [
      `${google}/imagen-4.0-generate-001:predict`,
      '/v1beta/models/imagen-4.0-generate-001:predict',
    ]) {
      const { gen_ai_operation_name, gen_ai_request_model, usage } = await countCall(call({ target, body }))
      assert.deepEqual(
        [gen_ai_operation_name, gen_ai_request_model, usage],
        ['generate_content', 'imagen-4.0-generate-001', 'missing'],
      )
    }
  })

  it('counts no predict of other models', async () => {
    const others = [
      `${google}/imagetext:predict`,
      '/v1beta/models/gemini-3-pro:countTokens',
      '/v1/projects/p/locations/l/endpoints/1:predict',
    ]
    assert.deepEqual((await count(...others.map((target) => call({ target, body: {} })))).requests, [])
  })
})
