import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

const chunk = (members: object) => ({ object: 'chat.completion.chunk', model: 'm', choices: [], ...members })
const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  status: 200,
  ...script,
})

describe("Gemini's thoughts in chat completions", () => {
  const usage = { prompt_tokens: 11, completion_tokens: 9, total_tokens: 88 }
  const google = '/v1beta/openai/chat/completions'
  const vertex = '/v1/projects/p/locations/l/endpoints/openapi/chat/completions'
  const tokens = (usage: object, model = 'gemini-3-pro', path = '/v1/chat/completions') =>
    countTokens(call({ target: path, body: { model, choices: [], usage } }))

  it('adds thoughts that only the total includes, at Google or if the model is a Gemini model', async () => {
    for (const [model, path] of [
      ['any', google],
      ['any', vertex],
      ['gemini-3-pro', '/v1/chat/completions'],
      ['google/gemini-3-flash', '/v1/chat/completions'],
    ] as const) {
      assert.deepEqual(await tokens(usage, model, path), { input: 11, output: 77 }, `${model} ${path}`)
    }
    assert.deepEqual(await tokens(usage, 'any'), { input: 11, output: 9 })
  })

  it('counts thoughts as the whole output if there is no other', async () => {
    for (const completion_tokens of [undefined, null, 0]) {
      assert.deepEqual(await tokens({ ...usage, completion_tokens }), { input: 11, output: 77 })
    }
  })

  it('does not add thoughts that are reported', async () => {
    const details = { completion_tokens_details: { reasoning_tokens: 68 } }
    assert.deepEqual(await tokens({ ...usage, completion_tokens: 77, ...details }), { input: 11, output: 77 })
    assert.deepEqual(await tokens({ ...usage, ...details }), { input: 11, output: 77 })
    // The rest of the total is something else, such as the tokens of a tool.
    assert.deepEqual(await tokens({ ...usage, completion_tokens: 70, ...details }), { input: 11, output: 70 })
  })

  it('adds the thoughts of the last event of a stream', async () => {
    const model = 'gemini-3-pro'
    const early = { ...usage, completion_tokens: 4, total_tokens: 80 }
    for (const last of [usage, { ...usage, completion_tokens: 77 }]) {
      const body = sse(chunk({ model, usage: early }), chunk({ model, usage: last }), '[DONE]')
      assert.deepEqual(await countTokens(call({ body })), { input: 11, output: 77 })
    }
  })
})

describe("Mistral's audio in chat completions", () => {
  it('adds audio that only the total includes', async () => {
    const audioUsage = { prompt_tokens: 4, completion_tokens: 9, total_tokens: 388, prompt_audio_seconds: 12 }
    assert.deepEqual(await countTokens(call({ body: { model: 'm', usage: audioUsage } })), { input: 379, output: 9 })
    for (const prompt_audio_seconds of [0, null, {}]) {
      const usage = { ...audioUsage, prompt_audio_seconds }
      assert.deepEqual(await countTokens(call({ body: { model: 'm', usage } })), { input: 4, output: 9 })
    }
  })
})

describe("Perplexity's reasoning", () => {
  it("adds Perplexity's reasoning to the output", async () => {
    const counts = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
    const usage = { ...counts, citation_tokens: 900, num_search_queries: 18, reasoning_tokens: 100 }
    assert.deepEqual(await countTokens(call({ body: { model: 'sonar', usage } })), { input: 5, output: 107 })
  })
})
