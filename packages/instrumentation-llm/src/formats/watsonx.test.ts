import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const model = 'ibm/granite-4-h-small'
const call = (path: string, script: Partial<Script>): Script => ({
  target: `/ml/v1/${path}?version=2025-06-01`,
  host: 'us-south.ml.cloud.ibm.com',
  request: { input: 'hi', project_id: 'p', model_id: model },
  status: 200,
  ...script,
})
const labels = {
  gen_ai_system: 'ibm.watsonx.ai',
  gen_ai_request_model: model,
  gen_ai_response_model: model,
  error_type: '',
  usage: 'reported',
}

describe('watsonx.ai', () => {
  it('counts a watsonx.ai chat, whole and streamed', async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27 }
    const body = { id: 'c', model_id: model, model, choices: [], created: 1, usage }
    assert.deepEqual(await countTokens(call('text/chat', { body })), { input: 20, output: 7 })
    assert.deepEqual(await countCall(call('text/chat', { body })), { gen_ai_operation_name: 'chat', ...labels })
    const chunk = { id: 'c', model_id: model, choices: [{ delta: { content: '"usage":{' } }] }
    const stream = call('text/chat_stream', { body: sse(chunk, chunk, { ...chunk, choices: [], usage }) })
    assert.deepEqual(await countTokens(stream), { input: 20, output: 7 })
  })

  it('counts watsonx.ai text generation, and a stream whose later messages report no input', async () => {
    const message = (input_token_count: number, generated_token_count: number, stop_reason = 'not_finished') => ({
      model_id: model,
      results: [{ generated_text: 'says "results"', generated_token_count, input_token_count, stop_reason }],
    })
    const body = message(31, 12, 'eos_token')
    assert.deepEqual(await countTokens(call('text/generation', { body })), { input: 31, output: 12 })
    assert.deepEqual(await countCall(call('text/generation', { body })), {
      gen_ai_operation_name: 'text_completion',
      ...labels,
    })
    const events = sse(message(0, 0), message(31, 1), message(0, 2), message(0, 12, 'EOS_TOKEN'))
    const stream = call('text/generation_stream', { body: events, outcome: 'aborted' })
    assert.deepEqual(await countTokens(stream), { input: 31, output: 12 })
    assert.equal((await countCall(stream)).error_type, '')
    const abandoned = call('text/generation_stream', { body: sse(message(31, 1)), outcome: 'aborted' })
    assert.equal((await countCall(abandoned)).error_type, 'aborted')
  })

  it('has the deployment in a watsonx.ai path as the model', async () => {
    const request = { input: 'hi' }
    for (const path of ['text/chat', 'text/chat_stream', 'text/generation', 'text/generation_stream']) {
      const { gen_ai_request_model } = await countCall(call(`deployments/my_dep/${path}`, { request, body: {} }))
      assert.equal(gen_ai_request_model, 'my_dep')
    }
  })

  it('counts embeddings and reranks of watsonx.ai, whose paths end like those of other formats', async () => {
    const body = { model_id: model, results: [{ embedding: [0.1] }], created_at: 'x', input_token_count: 10 }
    for (const [path, operation] of [
      ['text/embeddings', 'embeddings'],
      ['text/rerank', 'rerank'],
    ] as const) {
      assert.deepEqual(await countTokens(call(path, { body })), { input: 10 })
      assert.deepEqual(await countCall(call(path, { body })), { gen_ai_operation_name: operation, ...labels })
    }
  })

  it('has the error of a watsonx.ai stream', async () => {
    const error = { errors: [{ code: 'downstream_request_failed', message: 'no' }], status_code: 500 }
    assert.equal(
      (await countCall(call('text/chat_stream', { body: sse(error) }))).error_type,
      'downstream_request_failed',
    )
  })
})
