import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const headers = { 'ai-language-model-id': 'openai/gpt-5.2', 'ai-language-model-streaming': 'true' }
const usage = {
  inputTokens: { total: 100, noCache: 40, cacheRead: 60, cacheWrite: 0 },
  outputTokens: { total: 30, text: 10, reasoning: 20 },
}
const call = (script: Partial<Script>): Script => ({
  target: '/v4/ai/language-model',
  host: 'ai-gateway.vercel.sh',
  headers,
  request: { prompt: [] },
  status: 200,
  ...script,
})

describe('Vercel AI Gateway', () => {
  it('counts a whole response of the Vercel AI Gateway, with its counts as objects or numbers', async () => {
    for (const reported of [usage, { inputTokens: 100, outputTokens: 30, totalTokens: 130, reasoningTokens: 20 }]) {
      const body = { content: [], finishReason: 'stop', usage: reported, response: { modelId: 'gpt-5.2-2026' } }
      assert.deepEqual(await countTokens(call({ body })), { input: 100, output: 30 })
      assert.deepEqual(await countCall(call({ body })), {
        gen_ai_operation_name: 'chat',
        gen_ai_system: 'vercel',
        gen_ai_request_model: 'openai/gpt-5.2',
        gen_ai_response_model: 'gpt-5.2-2026',
        error_type: '',
        usage: 'reported',
      })
    }
  })

  it('counts the finish of a Vercel AI Gateway stream, and has its error', async () => {
    const metadata = { type: 'response-metadata', id: 'r', modelId: 'gpt-5.2-2026' }
    const text = { type: 'text-delta', id: '0', delta: '"type":"finish"' }
    const script = call({
      body: sse(metadata, text, { type: 'finish', finishReason: 'stop', usage }),
      outcome: 'aborted',
    })
    assert.deepEqual(await countTokens(script), { input: 100, output: 30 })
    assert.equal((await countCall(script)).gen_ai_response_model, 'gpt-5.2-2026')
    const error = { type: 'error', error: { type: 'internal_server_error', message: 'no' } }
    assert.equal((await countCall(call({ body: sse(metadata, error) }))).error_type, 'internal_server_error')
  })

  it('counts embeddings and images through the Vercel AI Gateway', async () => {
    const model = { 'ai-model-id': 'm' }
    const embed = call({
      target: '/v4/ai/embedding-model',
      headers: model,
      body: { embeddings: [], usage: { tokens: 4 } },
    })
    assert.deepEqual(await countTokens(embed), { input: 4 })
    const { gen_ai_operation_name, gen_ai_request_model } = await countCall(embed)
    assert.deepEqual([gen_ai_operation_name, gen_ai_request_model], ['embeddings', 'm'])
    const imageUsage = { inputTokens: 5, outputTokens: 4000, totalTokens: 4005 }
    const image = call({ target: '/v4/ai/image-model', headers: model, body: { images: ['AAAA'], usage: imageUsage } })
    assert.deepEqual(await countTokens(image), { input: 5, output: 4000 })
  })

  it('counts decisions, reranks, speech, transcription and video through the Vercel AI Gateway', async () => {
    const headers = { 'ai-model-id': 'm' }
    const usage = { inputTokens: 50, outputTokens: 2 }
    const decision = call({ target: '/v4/ai/decision-model', headers, body: { answers: {}, model: 'm-2', usage } })
    assert.deepEqual(await countTokens(decision), { input: 50, output: 2 })
    assert.equal((await countCall(decision)).gen_ai_response_model, 'm-2')
    for (const [name, operation] of [
      ['reranking-model', 'rerank'],
      ['speech-model', 'generate_content'],
      ['transcription-model', 'generate_content'],
      ['video-model', 'generate_content'],
      ['video-model/start', 'generate_content'],
    ] as const) {
      const labels = await countCall(call({ target: `/v4/ai/${name}`, headers, body: { usage: { seconds: 3 } } }))
      assert.deepEqual([labels.gen_ai_operation_name, labels.usage], [operation, 'missing'])
    }
    const failed = sse({ type: 'error', message: 'no', errorType: 'content_filter', statusCode: 400, param: null })
    const video = call({ target: '/v4/ai/video-model', headers, body: failed })
    assert.equal((await countCall(video)).error_type, 'content_filter')
    assert.deepEqual((await count(call({ target: '/v4/ai/video-model/status', headers, body: {} }))).requests, [])
  })

  it('does not count a request without the header on an unknown host', async () => {
    assert.deepEqual((await count(call({ host: 'example.com', headers: {}, body: {} }))).requests, [])
  })
})
