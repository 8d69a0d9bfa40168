import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from '../call-metrics.test-support.ts'

const target = '/v1/chat/completions'
const request = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Grüße an "model": 漢字 🎈' }] }
const usage = {
  prompt_tokens: 120,
  completion_tokens: 45,
  total_tokens: 165,
  prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 0 },
}
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1790000000,
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hallo "usage"!' }, finish_reason: 'stop' }],
  usage,
}

const chunk = (members: object) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1790000000,
  model: 'gpt-4o-2024-11-20',
  choices: [],
  ...members,
})
const text = (content: string) => chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const stream = (...events: (object | string)[]) =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

const call = (script: Partial<Script>): Script => ({ target, request, status: 200, ...script })
const labels = {
  gen_ai_operation_name: 'chat',
  gen_ai_system: 'custom',
  gen_ai_request_model: 'gpt-4o',
  gen_ai_response_model: 'gpt-4o-2024-11-20',
}

describe('OpenAI chat completions', () => {
  it('counts an answer: request, tokens and duration', async () => {
    assert.deepEqual(await count(call({ body: completion, host: 'api.openai.com', seconds: 2.5 })), {
      requests: [{ labels: { ...labels, gen_ai_system: 'openai', error_type: '', usage: 'reported' }, value: 1 }],
      tokens: [
        { labels: { gen_ai_token_type: 'input', ...labels, gen_ai_system: 'openai' }, value: 120 },
        { labels: { gen_ai_token_type: 'output', ...labels, gen_ai_system: 'openai' }, value: 45 },
      ],
      durations: [{ labels: { ...labels, gen_ai_system: 'openai', error_type: '' }, count: 1, seconds: 2.5 }],
    })
  })

  it('counts a stream with include_usage, wherever its bytes are cut', async () => {
    const events = [text('Grüße '), text('漢字 🎈 "usage": {')].map((event) => ({ ...event, usage: null }))
    const body = stream(...events, chunk({ usage }), '[DONE]')
    for (const ending of ['\n', '\r\n']) {
      const bytes = new TextEncoder().encode(body.replaceAll('\n', ending))
      const scripts = Array.from({ length: bytes.length }, (_, i) =>
        call({ body: bytes, contentType: 'text/event-stream; charset=utf-8', chunkBytes: i + 1 }),
      )
      const { requests, tokens } = await count(...scripts)
      assert.deepEqual(requests, [{ labels: { ...labels, error_type: '', usage: 'reported' }, value: bytes.length }])
      assert.deepEqual(
        tokens.map(({ value }) => value),
        [120 * bytes.length, 45 * bytes.length],
      )
    }
  })

  it('says that usage is missing from a stream without include_usage', async () => {
    const { requests, tokens } = await count(call({ body: stream(text('Hi'), text('!'), '[DONE]') }))
    assert.deepEqual(requests, [{ labels: { ...labels, error_type: '', usage: 'missing' }, value: 1 }])
    assert.deepEqual(tokens, [])
  })

  it('takes the last of usages that a stream repeats', async () => {
    const growing = [1, 20, 45].map((n) => chunk({ usage: { ...usage, completion_tokens: n, total_tokens: 120 + n } }))
    assert.deepEqual(await tokensOf(call({ body: stream(...growing, '[DONE]') })), { input: 120, output: 45 })
  })

  it('finds the model in a later event when the first one leaves it empty, as on Azure', async () => {
    const body = stream(chunk({ model: '', prompt_filter_results: [] }), text('Hi'), '[DONE]')
    assert.equal((await requestOf(call({ body }))).gen_ai_response_model, 'gpt-4o-2024-11-20')
  })

  it("finds Groq's usage", async () => {
    const body = stream(text('Hi'), chunk({ x_groq: { id: 'req_1', usage } }), '[DONE]')
    assert.deepEqual(await tokensOf(call({ body })), { input: 120, output: 45 })
  })

  it('adds reasoning where the total shows that completion_tokens leaves it out, as with xAI', async () => {
    const separate = { ...usage, prompt_tokens: 12, completion_tokens: 1, total_tokens: 399 }
    const body = { ...completion, usage: { ...separate, completion_tokens_details: { reasoning_tokens: 386 } } }
    assert.deepEqual(await tokensOf(call({ body })), { input: 12, output: 387 })
    assert.deepEqual(await tokensOf(call({ body: stream(chunk({ usage: body.usage }), '[DONE]') })), {
      input: 12,
      output: 387,
    })
  })

  it('reads plain JSON also where a stream was asked for', async () => {
    const script = call({ request: { ...request, stream: true }, body: completion })
    assert.deepEqual(await tokensOf(script), { input: 120, output: 45 })
  })

  it('takes the error of a stream for its outcome, also when the client leaves then', async () => {
    const error = { message: 'The server had an error', type: 'server_error', param: null, code: null }
    for (const outcome of ['complete', 'aborted'] as const) {
      const { error_type, usage } = await requestOf(call({ body: stream(text('Hi'), { error }), outcome }))
      assert.deepEqual({ error_type, usage }, { error_type: 'server_error', usage: 'missing' })
    }
  })

  it('takes the code of an error without a type, and says unknown of one without either', async () => {
    for (const [error, error_type] of [
      [{ code: 502, message: 'Provider returned error' }, '502'],
      [{ code: 'context_length_exceeded', type: null }, 'context_length_exceeded'],
      [{ message: 'no' }, 'unknown'],
      ['overloaded', 'unknown'],
    ] as const) {
      assert.equal((await requestOf(call({ body: { error } }))).error_type, error_type)
    }
  })

  it('takes a stream for complete after [DONE], whatever becomes of the connection', async () => {
    for (const outcome of ['aborted', 'error'] as const) {
      const body = stream(text('Hi'), chunk({ usage }), '[DONE]')
      const { error_type, usage: reported } = await requestOf(call({ body, outcome }))
      assert.deepEqual({ error_type, reported }, { error_type: '', reported: 'reported' })
    }
  })

  it('counts a stream that the client abandons once, as aborted, with the tokens known by then', async () => {
    const abandoned = call({ body: stream(text('Hi')), outcome: 'aborted' })
    assert.deepEqual(await count(abandoned), {
      requests: [{ labels: { ...labels, error_type: 'aborted', usage: 'missing' }, value: 1 }],
      tokens: [],
      durations: [{ labels: { ...labels, error_type: 'aborted' }, count: 1, seconds: 1 }],
    })
    const late = call({ body: stream(text('Hi'), chunk({ usage })), outcome: 'aborted' })
    assert.equal((await requestOf(late)).usage, 'reported')
    assert.deepEqual(await tokensOf(late), { input: 120, output: 45 })
  })

  for (const path of [
    '/chat/completions',
    '/v1/chat/completions?api-version=2024-10-21&x=/a/b',
    '/api/v1/chat/completions',
    '/openai/v1/chat/completions',
    '/gateway/team-a/inference/v1/chat/completions',
  ]) {
    it(`knows ${path}`, async () =>
      assert.deepEqual(await requestOf(call({ target: path, body: completion })), {
        ...labels,
        error_type: '',
        usage: 'reported',
      }))
  }

  it('takes the deployment in an Azure path for the model, whatever the body says', async () => {
    const path = '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21'
    const azure = { target: path, body: completion, host: 'me.openai.azure.com' }
    const fromPath = await requestOf(call({ ...azure, request: { messages: [] } }))
    assert.equal(fromPath.gen_ai_request_model, 'my gpt')
    assert.equal(fromPath.gen_ai_system, 'azure')
    assert.equal((await requestOf(call(azure))).gen_ai_request_model, 'my gpt')
    const broken = path.replace('%20', '%')
    assert.equal((await requestOf(call({ ...azure, target: broken, request: {} }))).gen_ai_request_model, 'my%gpt')
  })

  it('takes nothing else for a call', async () => {
    const others: Script[] = [
      call({ method: 'GET', target: '/v1/chat/completions' }),
      call({ target: '/v1/chat/completions/chatcmpl-1' }),
      call({ target: '/v1/chat/completions/' }),
      call({ target: '/v1/live-chat/completions', request: { messages: [] } }),
      call({ target: '/search?q=/v1/chat/completions' }),
      call({ target: '/v1/models' }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })
})

describe("Gemini's thoughts, in chat completions", () => {
  const usage = { prompt_tokens: 11, completion_tokens: 9, total_tokens: 88 }
  const google = '/v1beta/openai/chat/completions'
  const vertex = '/v1/projects/p/locations/l/endpoints/openapi/chat/completions'
  const tokens = (told: object, model = 'gemini-3-pro', path = target) =>
    tokensOf(call({ target: path, body: { ...completion, model, usage: told } }))

  it('are what the total has more than its parts, at Google or by the name of the model', async () => {
    for (const [model, path] of [
      ['any', google],
      ['any', vertex],
      ['gemini-3-pro', target],
      ['google/gemini-3-flash', target],
    ] as const) {
      assert.deepEqual(await tokens(usage, model, path), { input: 11, output: 77 }, `${model} ${path}`)
    }
    assert.deepEqual(await tokens(usage, 'any'), { input: 11, output: 9 })
  })

  it('are all of the output where nothing else is told', async () => {
    for (const none of [undefined, null, 0]) {
      assert.deepEqual(await tokens({ ...usage, completion_tokens: none }), { input: 11, output: 77 })
    }
  })

  it('are not counted twice where they are told', async () => {
    const details = { completion_tokens_details: { reasoning_tokens: 68 } }
    assert.deepEqual(await tokens({ ...usage, completion_tokens: 77, ...details }), { input: 11, output: 77 })
    assert.deepEqual(await tokens({ ...usage, ...details }), { input: 11, output: 77 })
    // What is left is something else, as the tokens of a tool.
    assert.deepEqual(await tokens({ ...usage, completion_tokens: 70, ...details }), { input: 11, output: 70 })
  })

  it('are those of the last event of a stream', async () => {
    const model = 'gemini-3-pro'
    const early = { ...usage, completion_tokens: 4, total_tokens: 80 }
    for (const last of [usage, { ...usage, completion_tokens: 77 }]) {
      const body = stream(chunk({ model, usage: early }), chunk({ model, usage: last }), '[DONE]')
      assert.deepEqual(await tokensOf(call({ body })), { input: 11, output: 77 })
    }
  })
})

describe("llama.cpp's timings", () => {
  const timings = { cache_n: 236, prompt_n: 1, prompt_ms: 30.958, predicted_n: 35, predicted_ms: 661.064 }
  const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }

  it('tell the tokens of a stream that was not asked for its usage', async () => {
    const body = stream(text('Grüße'), chunk({ ...last, timings }), '[DONE]')
    assert.deepEqual(await tokensOf(call({ body })), { input: 237, output: 35 })
    assert.equal((await requestOf(call({ body }))).usage, 'reported')
  })

  it('are the totals so far where each event has them', async () => {
    const early = { ...timings, predicted_n: 1 }
    const body = stream(chunk({ timings: early }), chunk({ ...last, timings }), '[DONE]')
    assert.deepEqual(await tokensOf(call({ body })), { input: 237, output: 35 })
  })

  it('tell the output alone where they leave out the cache, and nothing where there is usage', async () => {
    const { cache_n, ...older } = timings
    assert.deepEqual(await tokensOf(call({ body: stream(chunk({ timings: older }), '[DONE]') })), { output: 35 })
    const both = { ...completion, timings }
    assert.deepEqual(await tokensOf(call({ body: both })), { input: 120, output: 45 })
    const stream2 = stream(chunk({ timings: older }), chunk({ usage, timings }), '[DONE]')
    assert.deepEqual(await tokensOf(call({ body: stream2 })), { input: 120, output: 45 })
  })
})

describe('Audio in chat completions, at Mistral', () => {
  it('is what the total has more than its parts', async () => {
    const told = { prompt_tokens: 4, completion_tokens: 9, total_tokens: 388, prompt_audio_seconds: 12 }
    assert.deepEqual(await tokensOf(call({ body: { ...completion, usage: told } })), { input: 379, output: 9 })
    for (const silent of [0, null, {}]) {
      const usage = { ...told, prompt_audio_seconds: silent }
      assert.deepEqual(await tokensOf(call({ body: { ...completion, usage } })), { input: 4, output: 9 })
    }
  })
})
