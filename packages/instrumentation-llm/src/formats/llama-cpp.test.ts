import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const usage = { prompt_tokens: 120, completion_tokens: 45, total_tokens: 165 }
const chunk = (members: object) => ({ object: 'chat.completion.chunk', model: 'm', choices: [], ...members })
const text = (content: string) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  status: 200,
  ...script,
})

describe("llama.cpp's timings in chat completions", () => {
  const timings = { cache_n: 236, prompt_n: 1, prompt_ms: 30.958, predicted_n: 35, predicted_ms: 661.064 }
  const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }

  it('counts the timings of a stream without include_usage', async () => {
    const body = sse(text('Grüße'), chunk({ ...last, timings }), '[DONE]')
    assert.deepEqual(await countTokens(call({ body })), { input: 237, output: 35 })
    assert.equal((await countCall(call({ body }))).usage, 'reported')
  })

  it('counts the timings of the last event if each event has them', async () => {
    const early = { ...timings, predicted_n: 1 }
    const body = sse(chunk({ timings: early }), chunk({ ...last, timings }), '[DONE]')
    assert.deepEqual(await countTokens(call({ body })), { input: 237, output: 35 })
  })

  it('counts only the output of timings without the cache, and no timings beside usage', async () => {
    const { cache_n, ...older } = timings
    assert.deepEqual(await countTokens(call({ body: sse(chunk({ timings: older }), '[DONE]') })), { output: 35 })
    const both = { model: 'm', usage, timings }
    assert.deepEqual(await countTokens(call({ body: both })), { input: 120, output: 45 })
    const streamWithBoth = sse(chunk({ timings: older }), chunk({ usage, timings }), '[DONE]')
    assert.deepEqual(await countTokens(call({ body: streamWithBoth })), { input: 120, output: 45 })
  })
})
