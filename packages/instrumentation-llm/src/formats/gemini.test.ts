import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const models = '/v1beta/models/gemini-3-pro'
const request = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
const usageMetadata = {
  promptTokenCount: 1000,
  cachedContentTokenCount: 800,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 300,
  toolUsePromptTokenCount: 50,
  totalTokenCount: 1370,
}
const part = (text: string, rest: object = {}) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
  usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 5, totalTokenCount: 1005 },
  modelVersion: 'gemini-3-pro-001',
  ...rest,
})
const call = (script: Partial<Script>): Script => ({
  target: `${models}:generateContent`,
  request,
  status: 200,
  ...script,
})
const total = { input: 1050, output: 320 }

describe('Gemini generateContent', () => {
  it('counts an answer: thoughts are output, tool results input, the cache inside', async () => {
    const script = call({ body: part('x', { usageMetadata }), host: 'generativelanguage.googleapis.com' })
    assert.deepEqual(await requestOf(script), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'gcp.gemini',
      gen_ai_request_model: 'gemini-3-pro',
      gen_ai_response_model: 'gemini-3-pro-001',
      error_type: '',
      usage: 'reported',
    })
    assert.deepEqual(await tokensOf(script), total)
  })

  it('counts a stream of events, or one that is an array, by its last message, wherever the bytes are cut', async () => {
    const messages = [part('a "usageMetadata" ['), part('grüße 漢字 🎈'), part('', { usageMetadata })]
    const events = call({ target: `${models}:streamGenerateContent?alt=sse`, body: sse(...messages) })
    assert.deepEqual(await tokensOf(events), total)
    const bytes = new TextEncoder().encode(JSON.stringify(messages, null, 2))
    const array = call({ target: `${models}:streamGenerateContent`, body: bytes, contentType: 'application/json' })
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes++)
      assert.deepEqual(await tokensOf({ ...array, chunkBytes }), total)
  })

  it('has the tokens known by the time that it is left, and errors amid a stream', async () => {
    const left = call({ body: sse(part('a')), outcome: 'aborted' })
    assert.deepEqual(await tokensOf(left), { input: 1000, output: 5 })
    assert.equal((await requestOf(left)).error_type, 'aborted')
    const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }
    assert.equal((await requestOf(call({ body: sse(part('a'), error) }))).error_type, '503')
    assert.equal((await requestOf(call({ body: [part('a'), error] }))).error_type, '503')
  })

  it("reads what Google's Cloud Code wraps, with the model in the body", async () => {
    const script = call({
      target: '/v1internal:streamGenerateContent?alt=sse',
      request: { model: 'gemini-3-pro', request },
      body: sse({ response: part('x', { usageMetadata }) }),
    })
    assert.deepEqual(await tokensOf(script), total)
    const { gen_ai_request_model, gen_ai_response_model } = await requestOf(script)
    assert.deepEqual([gen_ai_request_model, gen_ai_response_model], ['gemini-3-pro', 'gemini-3-pro-001'])
  })

  it('is known on Vertex AI, with tuned models and endpoints', async () => {
    for (const [target, model] of [
      ['/v1/projects/p/locations/us-central1/publishers/google/models/gemini-3-pro:generateContent', 'gemini-3-pro'],
      ['/v1beta/tunedModels/mine-1:generateContent', 'mine-1'],
      ['/v1/projects/p/locations/l/endpoints/123:streamGenerateContent', '123'],
    ] as const) {
      assert.equal((await requestOf(call({ target, body: part('x') }))).gen_ai_request_model, model)
    }
  })

  it('takes nothing else for a call', async () => {
    const others = [
      ':countTokens',
      ':batchGenerateContent',
      ':predict',
      ':asyncBatchEmbedContent',
      ':predictLongRunning',
      '',
    ].map((verb) => call({ target: `${models}${verb}`, body: part('x') }))
    assert.deepEqual((await count(...others)).requests, [])
  })
})

describe('Gemini embedContent', () => {
  it('counts the prompt, one or many', async () => {
    for (const verb of ['embedContent', 'batchEmbedContents']) {
      const body = { embeddings: [{ values: Array(20_000).fill(0.123456) }], usageMetadata: { promptTokenCount: 9 } }
      const script = call({ target: `/v1beta/models/gemini-embedding-001:${verb}`, body })
      assert.deepEqual(await tokensOf(script), { input: 9 })
      assert.equal((await requestOf(script)).gen_ai_operation_name, 'embeddings')
    }
  })
})

describe('Vertex AI predict', () => {
  const google = '/v1/projects/p/locations/us-central1/publishers/google/models'

  it('adds up the tokens of embeddings, wherever the bytes are cut', async () => {
    const prediction = (token_count: number) => ({
      embeddings: { values: [0.123, -0.5], statistics: { truncated: false, token_count } },
    })
    const body = new TextEncoder().encode(
      JSON.stringify({ predictions: [prediction(1234), prediction(6)], metadata: { billableCharacterCount: 20 } }),
    )
    const target = `${google}/gemini-embedding-001:predict`
    for (let chunkBytes = 1; chunkBytes <= body.length; chunkBytes++) {
      const script = call({ target, body, contentType: 'application/json', chunkBytes })
      assert.deepEqual(await tokensOf(script), { input: 1240 })
    }
    const none = call({ target, body: { predictions: [] }, host: 'us-central1-aiplatform.googleapis.com' })
    const { gen_ai_operation_name, gen_ai_system, usage } = await requestOf(none)
    assert.deepEqual([gen_ai_operation_name, gen_ai_system, usage], ['embeddings', 'gcp.vertex_ai', 'missing'])
  })

  it('counts images, of which no tokens are told', async () => {
    const body = { predictions: [{ bytesBase64Encoded: 'AAAA', mimeType: 'image/png' }] }
    for (const target of [
      `${google}/imagen-4.0-generate-001:predict`,
      '/v1beta/models/imagen-4.0-generate-001:predict',
    ]) {
      const { gen_ai_operation_name, gen_ai_request_model, usage } = await requestOf(call({ target, body }))
      assert.deepEqual(
        [gen_ai_operation_name, gen_ai_request_model, usage],
        ['generate_content', 'imagen-4.0-generate-001', 'missing'],
      )
    }
  })

  it('is a call of models that embed or draw alone', async () => {
    const others = [
      `${google}/imagetext:predict`,
      '/v1beta/models/gemini-3-pro:countTokens',
      '/v1/projects/p/locations/l/endpoints/1:predict',
    ]
    assert.deepEqual((await count(...others.map((target) => call({ target, body: {} })))).requests, [])
  })
})

describe('Gemini interactions', () => {
  const usage = {
    total_input_tokens: 100,
    total_cached_tokens: 60,
    total_output_tokens: 30,
    total_thought_tokens: 12,
    total_tool_use_tokens: 8,
    total_tokens: 150,
  }
  const interaction = { id: 'i', model: 'gemini-3-pro', status: 'completed', steps: [], usage }
  const ask = (script: Partial<Script>) =>
    call({ target: '/v1beta/interactions', request: { model: 'gemini-3-pro', input: 'hi' }, ...script })

  it('count an answer and a stream', async () => {
    const begun = {
      event_type: 'interaction.created',
      interaction: { id: 'i', model: 'gemini-3-pro', status: 'queued' },
    }
    const step = { event_type: 'step.delta', index: 0, delta: { type: 'text', text: 'x' } }
    const stream = sse(begun, step, { event_type: 'interaction.completed', interaction })
    for (const script of [ask({ body: interaction }), ask({ body: stream, outcome: 'aborted' })]) {
      assert.deepEqual(await tokensOf(script), { input: 108, output: 42 })
      assert.equal((await requestOf(script)).gen_ai_response_model, 'gemini-3-pro')
    }
  })

  it('have the error of a stream, but no URL for one', async () => {
    for (const [code, error_type] of [
      ['resource_exhausted', 'resource_exhausted'],
      ['https://example.com/errors/1', 'unknown'],
    ] as const) {
      const body = sse({ event_type: 'error', error: { code, message: 'no' } })
      assert.equal((await requestOf(ask({ body }))).error_type, error_type)
    }
  })

  it('are none at another API', async () => {
    const other = ask({ target: '/repos/o/r/interactions', request: { kind: 'click' }, body: {} })
    assert.deepEqual((await count(other)).requests, [])
  })
})
