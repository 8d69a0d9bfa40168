import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'
import { sse } from './streams.test-support.ts'

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

const call = (script: Partial<Script>): Script => ({ target, request, status: 200, ...script })
const labels = {
  gen_ai_operation_name: 'chat',
  gen_ai_system: 'custom',
  gen_ai_request_model: 'gpt-4o',
  gen_ai_response_model: 'gpt-4o-2024-11-20',
}

describe('OpenAI chat completions', () => {
  it('counts a whole chat completion: call, tokens and duration', async () => {
    assert.deepEqual(await count(call({ body: completion, host: 'api.openai.com', seconds: 2.5 })), {
      requests: [{ labels: { ...labels, gen_ai_system: 'openai', error_type: '', usage: 'reported' }, value: 1 }],
      tokens: [
        { labels: { gen_ai_token_type: 'input', ...labels, gen_ai_system: 'openai' }, value: 120 },
        { labels: { gen_ai_token_type: 'output', ...labels, gen_ai_system: 'openai' }, value: 45 },
      ],
      durations: [{ labels: { ...labels, gen_ai_system: 'openai', error_type: '' }, count: 1, seconds: 2.5 }],
    })
  })

  it('counts a chat completion stream with include_usage, however its bytes are cut', async () => {
    const events = [text('Grüße '), text('漢字 🎈 "usage": {')].map((event) => ({ ...event, usage: null }))
    const body = sse(...events, chunk({ usage }), '[DONE]')
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

  it('has the usage missing for a chat completion stream without include_usage', async () => {
    const { requests, tokens } = await count(call({ body: sse(text('Hi'), text('!'), '[DONE]') }))
    assert.deepEqual(requests, [{ labels: { ...labels, error_type: '', usage: 'missing' }, value: 1 }])
    assert.deepEqual(tokens, [])
  })

  it('counts the last usage of a chat completion stream that repeats it', async () => {
    const growing = [1, 20, 45].map((n) => chunk({ usage: { ...usage, completion_tokens: n, total_tokens: 120 + n } }))
    assert.deepEqual(await countTokens(call({ body: sse(...growing, '[DONE]') })), { input: 120, output: 45 })
  })

  it('has the model of a later event if the first one has an empty model, as on Azure', async () => {
    const body = sse(chunk({ model: '', prompt_filter_results: [] }), text('Hi'), '[DONE]')
    assert.equal((await countCall(call({ body }))).gen_ai_response_model, 'gpt-4o-2024-11-20')
  })

  it("counts the usage that Groq's older streams have in x_groq", async () => {
    const body = sse(text('Hi'), chunk({ x_groq: { id: 'req_1', usage } }), '[DONE]')
    assert.deepEqual(await countTokens(call({ body })), { input: 120, output: 45 })
  })

  it('adds reasoning if total_tokens shows that completion_tokens does not include it, as at xAI', async () => {
    const grokUsage = { ...usage, prompt_tokens: 12, completion_tokens: 1, total_tokens: 399 }
    const body = { ...completion, usage: { ...grokUsage, completion_tokens_details: { reasoning_tokens: 386 } } }
    assert.deepEqual(await countTokens(call({ body })), { input: 12, output: 387 })
    assert.deepEqual(await countTokens(call({ body: sse(chunk({ usage: body.usage }), '[DONE]') })), {
      input: 12,
      output: 387,
    })
  })

  it('counts a whole chat completion even if a stream was requested', async () => {
    const script = call({ request: { ...request, stream: true }, body: completion })
    assert.deepEqual(await countTokens(script), { input: 120, output: 45 })
  })

  it('has the error of a chat completion stream, even if the client then leaves', async () => {
    const error = { message: 'The server had an error', type: 'server_error', param: null, code: null }
    for (const outcome of ['complete', 'aborted'] as const) {
      const { error_type, usage } = await countCall(call({ body: sse(text('Hi'), { error }), outcome }))
      assert.deepEqual({ error_type, usage }, { error_type: 'server_error', usage: 'missing' })
    }
  })

  it('has the code of an error without a type, and unknown for an error without either', async () => {
    for (const [error, error_type] of [
      [{ code: 502, message: 'Provider returned error' }, '502'],
      [{ code: 'context_length_exceeded', type: null }, 'context_length_exceeded'],
      [{ message: 'no' }, 'unknown'],
      ['overloaded', 'unknown'],
    ] as const) {
      assert.equal((await countCall(call({ body: { error } }))).error_type, error_type)
    }
  })

  it('has no error for a chat completion stream that breaks or is abandoned after [DONE]', async () => {
    for (const outcome of ['aborted', 'error'] as const) {
      const body = sse(text('Hi'), chunk({ usage }), '[DONE]')
      const { error_type, usage: label } = await countCall(call({ body, outcome }))
      assert.deepEqual([error_type, label], ['', 'reported'])
    }
  })

  it('counts a chat completion stream that the client abandons once, as aborted, with the tokens known by then', async () => {
    const abandoned = call({ body: sse(text('Hi')), outcome: 'aborted' })
    assert.deepEqual(await count(abandoned), {
      requests: [{ labels: { ...labels, error_type: 'aborted', usage: 'missing' }, value: 1 }],
      tokens: [],
      durations: [{ labels: { ...labels, error_type: 'aborted' }, count: 1, seconds: 1 }],
    })
    const late = call({ body: sse(text('Hi'), chunk({ usage })), outcome: 'aborted' })
    assert.equal((await countCall(late)).usage, 'reported')
    assert.deepEqual(await countTokens(late), { input: 120, output: 45 })
  })

  for (const path of [
    '/chat/completions',
    '/v1/chat/completions?api-version=2024-10-21&x=/a/b',
    '/api/v1/chat/completions',
    '/openai/v1/chat/completions',
    '/gateway/team-a/inference/v1/chat/completions',
  ]) {
    it(`counts a chat completion at ${path}`, async () =>
      assert.deepEqual(await countCall(call({ target: path, body: completion })), {
        ...labels,
        error_type: '',
        usage: 'reported',
      }))
  }

  it('has the deployment in an Azure path as the model, whatever the body says', async () => {
    const path = '/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21'
    const azure = { target: path, body: completion, host: 'me.openai.azure.com' }
    const fromPath = await countCall(call({ ...azure, request: { messages: [] } }))
    assert.equal(fromPath.gen_ai_request_model, 'my gpt')
    assert.equal(fromPath.gen_ai_system, 'azure')
    assert.equal((await countCall(call(azure))).gen_ai_request_model, 'my gpt')
    const broken = path.replace('%20', '%')
    assert.equal((await countCall(call({ ...azure, target: broken, request: {} }))).gen_ai_request_model, 'my%gpt')
  })

  it('counts no other method or path as a chat completion', async () => {
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
