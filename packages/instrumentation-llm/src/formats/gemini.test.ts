import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
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
const part = (text: string, members: object = {}) => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
  usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 5, totalTokenCount: 1005 },
  modelVersion: 'gemini-3-pro-001',
  ...members,
})
const call = (script: Partial<Script>): Script => ({
  target: `${models}:generateContent`,
  request,
  status: 200,
  ...script,
})
const total = { input: 1050, output: 320 }

describe('Gemini generateContent', () => {
  it('counts a whole Gemini response, with thoughts as output and tool results as input', async () => {
    const script = call({ body: part('x', { usageMetadata }), host: 'generativelanguage.googleapis.com' })
    assert.deepEqual(await countCall(script), {
      gen_ai_operation_name: 'generate_content',
      gen_ai_system: 'gcp.gemini',
      gen_ai_request_model: 'gemini-3-pro',
      gen_ai_response_model: 'gemini-3-pro-001',
      error_type: '',
      usage: 'reported',
    })
    assert.deepEqual(await countTokens(script), total)
  })

  it('counts the last message of a Gemini stream of events or in an array, however its bytes are cut', async () => {
    const messages = [part('a "usageMetadata" ['), part('grüße 漢字 🎈'), part('', { usageMetadata })]
    const events = call({ target: `${models}:streamGenerateContent?alt=sse`, body: sse(...messages) })
    assert.deepEqual(await countTokens(events), total)
    const bytes = new TextEncoder().encode(JSON.stringify(messages, null, 2))
    const array = call({ target: `${models}:streamGenerateContent`, body: bytes, contentType: 'application/json' })
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes++)
      assert.deepEqual(await countTokens({ ...array, chunkBytes }), total)
  })

  it('counts a Gemini stream that is abandoned, with the tokens known by then, and one with an error', async () => {
    const abandoned = call({ body: sse(part('a')), outcome: 'aborted' })
    assert.deepEqual(await countTokens(abandoned), { input: 1000, output: 5 })
    assert.equal((await countCall(abandoned)).error_type, 'aborted')
    const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }
    assert.equal((await countCall(call({ body: sse(part('a'), error) }))).error_type, '503')
    assert.equal((await countCall(call({ body: [part('a'), error] }))).error_type, '503')
  })

  it("counts Gemini through Google's Cloud Code, which wraps the response", async () => {
    const script = call({
      target: '/v1internal:streamGenerateContent?alt=sse',
      request: { model: 'gemini-3-pro', request },
      body: sse({ response: part('x', { usageMetadata }) }),
    })
    assert.deepEqual(await countTokens(script), total)
    const { gen_ai_request_model, gen_ai_response_model } = await countCall(script)
    assert.deepEqual([gen_ai_request_model, gen_ai_response_model], ['gemini-3-pro', 'gemini-3-pro-001'])
  })

  it('counts Gemini on Vertex AI, tuned models and endpoints', async () => {
    for (const [target, model] of [
      ['/v1/projects/p/locations/us-central1/publishers/google/models/gemini-3-pro:generateContent', 'gemini-3-pro'],
      ['/v1beta/tunedModels/mine-1:generateContent', 'mine-1'],
      ['/v1/projects/p/locations/l/endpoints/123:streamGenerateContent', '123'],
    ] as const) {
      assert.equal((await countCall(call({ target, body: part('x') }))).gen_ai_request_model, model)
    }
  })

  it('counts no other method of a Gemini model', async () => {
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
  it('counts the input of one Gemini embedding or many', async () => {
    for (const verb of ['embedContent', 'batchEmbedContents']) {
      const body = { embeddings: [{ values: Array(20_000).fill(0.123456) }], usageMetadata: { promptTokenCount: 9 } }
      const script = call({ target: `/v1beta/models/gemini-embedding-001:${verb}`, body })
      assert.deepEqual(await countTokens(script), { input: 9 })
      assert.equal((await countCall(script)).gen_ai_operation_name, 'embeddings')
    }
  })
})
