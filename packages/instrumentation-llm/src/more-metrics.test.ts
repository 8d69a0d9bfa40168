import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countMore, type Script } from './call-metrics.test-support.ts'

const chat = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  status: 200,
  ...script,
})
const ollama = (script: Partial<Script>): Script => ({ ...chat(script), target: '/api/chat' })
const delta = (delta: object) => `data: ${JSON.stringify({ model: 'm-1', choices: [{ index: 0, delta }] })}\n`
const line = (content: string, done = false) => `${JSON.stringify({ model: 'm', message: { content }, done })}\n`

describe('agentgateway_llm_token_details_total', () => {
  const detailsOf = async (usage: object) => (await countMore(chat({ body: { model: 'm-1', usage } }))).details
  const usage = { prompt_tokens: 100, completion_tokens: 50 }

  it('counts the parts that a usage reports, those that are 0 included', async () => {
    const prompt_tokens_details = { cached_tokens: 64, cache_write_tokens: 36, audio_tokens: 0 }
    const completion_tokens_details = { reasoning_tokens: 50, audio_tokens: 3, accepted_prediction_tokens: 1 }
    assert.deepEqual(await detailsOf({ ...usage, prompt_tokens_details, completion_tokens_details }), {
      input_cache_read: 64,
      input_cache_write: 36,
      input_audio: 0,
      output_reasoning: 50,
      output_audio: 3,
    })
  })

  it('counts nothing that is not reported, or is no count', async () => {
    assert.deepEqual(await detailsOf(usage), {})
    for (const value of [null, -1, 1.5, '7', {}, Number.MAX_VALUE]) {
      assert.deepEqual(await detailsOf({ ...usage, prompt_tokens_details: { cached_tokens: value } }), {})
    }
    assert.deepEqual(await detailsOf({ prompt_tokens_details: { cached_tokens: 7 } }), {}, 'without the whole')
  })

  it('counts no part that is greater than its whole, nor cached tokens of both kinds that together are', async () => {
    const input = { cached_tokens: 60, cache_write_tokens: 41, audio_tokens: 100 }
    assert.deepEqual(await detailsOf({ ...usage, prompt_tokens_details: input }), { input_audio: 100 })
    const output = { reasoning_tokens: 51, audio_tokens: 50 }
    assert.deepEqual(await detailsOf({ ...usage, completion_tokens_details: output }), { output_audio: 50 })
  })

  it('reads the names that gateways and providers have of their own', async () => {
    assert.deepEqual(await detailsOf({ ...usage, cache_read_input_tokens: 9, cache_creation_input_tokens: 8 }), {
      input_cache_read: 9,
      input_cache_write: 8,
    })
    assert.deepEqual(await detailsOf({ ...usage, prompt_cache_hit_tokens: 7 }), { input_cache_read: 7 })
    assert.deepEqual(await detailsOf({ ...usage, cached_tokens: 6 }), { input_cache_read: 6 })
    assert.deepEqual(await detailsOf({ ...usage, num_search_queries: 1, reasoning_tokens: 5 }), { output_reasoning: 5 })
  })
})

describe('agentgateway_llm_time_to_first_token_seconds', () => {
  const firstTokensOf = async (script: Script) => (await countMore({ secondsPerLine: 1, ...script })).firstTokens

  it('is the time to the first event with content, of whatever kind', async () => {
    const beginning = delta({ role: 'assistant', content: '', refusal: null })
    for (const content of [
      { content: 'a' },
      { content: '"' },
      { reasoning_content: 'a' },
      { content: [{ type: 'text', text: 'a' }] },
      { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '' } }] },
      { audio: { data: 'AAAA' } },
    ]) {
      const body = `${beginning}\n${delta(content)}\n${delta(content)}\ndata: [DONE]\n\n`
      // An event ends with an empty line, which is the fourth.
      assert.deepEqual(await firstTokensOf(chat({ body })), [[1, 4]], JSON.stringify(content))
    }
  })

  it('is recorded for a stream of lines, whether its first line has content or not', async () => {
    assert.deepEqual(await firstTokensOf(ollama({ body: line('a') + line('b') + line('', true) })), [[1, 1]])
    assert.deepEqual(await firstTokensOf(ollama({ body: line('') + line('b') + line('', true) })), [[1, 2]])
  })

  it('is not recorded for a stream without content, a whole response or a refusal', async () => {
    const empty = `${delta({ role: 'assistant', content: '' })}\n${delta({})}\ndata: [DONE]\n\n`
    assert.deepEqual(await firstTokensOf(chat({ body: empty })), [])
    const choices = [{ index: 0, message: { role: 'assistant', content: 'a' } }]
    for (const status of [200, 429]) {
      assert.deepEqual((await countMore(chat({ status, body: { model: 'm-1', choices } }))).firstTokens, [])
    }
    assert.deepEqual(await firstTokensOf(ollama({ body: line('a', true) })), [])
  })

  it('is recorded for a stream that breaks after its content has begun', async () => {
    const body = `${delta({ content: 'a' })}\n`
    assert.deepEqual(await firstTokensOf(chat({ body, outcome: 'error', error: new Error('reset') })), [[1, 2]])
    assert.deepEqual(await firstTokensOf(chat({ body, outcome: 'aborted' })), [[1, 2]])
  })

  it('begins with the first of several attempts', async () => {
    const attempt = (count: number, script: Partial<Script>) =>
      chat({ headers: { 'x-stainless-retry-count': String(count), 'x-stainless-lang': 'js' }, ...script })
    const refused = attempt(0, { status: 429, seconds: 10 })
    const streamed = attempt(1, { body: `${delta({ content: 'a' })}\ndata: [DONE]\n\n`, secondsPerLine: 1 })
    assert.deepEqual((await countMore(refused, streamed)).firstTokens, [[1, 12]])
  })
})

describe('agentgateway_gen_ai_server_time_per_output_token', () => {
  const event = `${delta({ content: 'a' })}\n`
  const last = (usage: object) => `data: ${JSON.stringify({ model: 'm-1', choices: [], usage })}\n\n`

  it('is the time from the first content to the end, divided by the output tokens', async () => {
    const body = event + event + last({ prompt_tokens: 3, completion_tokens: 4 })
    // The first event ends with the second of six lines, and the exchange a second after the last one.
    const { timesPerToken } = await countMore(chat({ body, secondsPerLine: 2 }))
    assert.deepEqual(timesPerToken, [[1, (13 - 4) / 4]])
  })

  it('is not recorded without output tokens or without content', async () => {
    for (const body of [event, event + last({ prompt_tokens: 3, completion_tokens: 0 })]) {
      assert.deepEqual((await countMore(chat({ body, secondsPerLine: 1 }))).timesPerToken, [])
    }
    const usage = { prompt_tokens: 3, completion_tokens: 2 }
    assert.deepEqual((await countMore(chat({ body: { model: 'm-1', usage } }))).timesPerToken, [])
  })
})
