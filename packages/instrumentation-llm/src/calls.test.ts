import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, requestOf, type Script, tokensOf } from './calls.test-support.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  ...script,
})
const usage = { prompt_tokens: 3, completion_tokens: 2 }
const answer = { model: 'm-1', choices: [], usage }

describe('LLM calls', () => {
  it('have their status as error, no usage and no response model when it is 400 or more', async () => {
    for (const status of [400, 401, 404, 429, 500, 529]) {
      const script = call({ status, body: { error: { type: 'x', code: 'y' }, ...answer } })
      assert.deepEqual(await count(script), {
        requests: [
          {
            labels: {
              gen_ai_operation_name: 'chat',
              gen_ai_system: 'custom',
              gen_ai_request_model: 'm',
              gen_ai_response_model: 'unknown',
              error_type: String(status),
              usage: 'none',
            },
            value: 1,
          },
        ],
        tokens: [],
        durations: [
          {
            labels: {
              gen_ai_operation_name: 'chat',
              gen_ai_system: 'custom',
              gen_ai_request_model: 'm',
              gen_ai_response_model: 'unknown',
              error_type: String(status),
            },
            count: 1,
            seconds: 1,
          },
        ],
      })
    }
  })

  it('have the code of the error as error when no answer came', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const fetchFailed = new TypeError('fetch failed', { cause: new Error('inner', { cause: refused }) })
    class StrangeError extends Error {
      override name = 'StrangeError'
    }
    const endless = new StrangeError('endless')
    endless.cause = endless
    for (const [error, error_type] of [
      [refused, 'ECONNREFUSED'],
      [fetchFailed, 'ECONNREFUSED'],
      [new StrangeError('no code'), 'StrangeError'],
      [endless, 'StrangeError'],
      [undefined, 'unknown'],
    ] as const) {
      const script = call({ request: undefined, outcome: 'error', ...(error && { error }) })
      const { gen_ai_request_model: model, usage, error_type: found } = await requestOf(script)
      assert.deepEqual({ model, usage, found }, { model: 'unknown', usage: 'none', found: error_type })
    }
  })

  it('are aborted, without usage, when the client leaves before the answer', async () => {
    const { error_type, usage } = await requestOf(call({ outcome: 'aborted', error: new Error('any') }))
    assert.deepEqual({ error_type, usage }, { error_type: 'aborted', usage: 'none' })
  })

  it('have the code of the error as error when the connection breaks amid the answer', async () => {
    const error = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    const body = JSON.stringify(answer).slice(0, -4)
    const script = call({ status: 200, contentType: 'application/json', body, outcome: 'error', error })
    const { error_type, usage, gen_ai_response_model: model } = await requestOf(script)
    assert.deepEqual({ error_type, usage, model }, { error_type: 'UND_ERR_SOCKET', usage: 'missing', model: 'm-1' })
  })

  it('are counted once, however often an SDK tries; tokens count with the attempt that has them', async () => {
    const attempt = (n: number, rest: Partial<Script>) =>
      call({ headers: { 'x-stainless-retry-count': `${n}` }, ...rest })
    const { requests, tokens, durations } = await count(
      attempt(0, { status: 429 }),
      attempt(1, { status: 500 }),
      attempt(2, { status: 200, body: answer }),
    )
    assert.deepEqual(
      requests.map(({ labels, value }) => [labels.error_type, labels.usage, value]),
      [['429', 'none', 1]],
    )
    assert.deepEqual(
      durations.map(({ labels, count }) => [labels.error_type, count]),
      [['429', 1]],
    )
    assert.deepEqual(
      tokens.map(({ labels, value }) => [labels.gen_ai_token_type, labels.gen_ai_response_model, value]),
      [
        ['input', 'm-1', 3],
        ['output', 'm-1', 2],
      ],
    )
  })

  it('are not counted where a redirect leads to them, but where they are answered', async () => {
    const { requests } = await count(call({ status: 307 }), call({ status: 200, body: answer }))
    assert.deepEqual(
      requests.map(({ labels, value }) => [labels.error_type, value]),
      [['', 1]],
    )
  })

  it('count zero tokens that were reported, and no tokens that cannot be', async () => {
    const report = (usage: unknown) => call({ status: 200, body: { ...answer, usage } })
    assert.deepEqual(await tokensOf(report({ prompt_tokens: 7, completion_tokens: 0 })), { input: 7, output: 0 })
    for (const bad of [-1, 1.5, 1e300, '5', null, [3], {}, true]) {
      const script = report({ prompt_tokens: bad, completion_tokens: 4 })
      assert.deepEqual(await tokensOf(script), { output: 4 }, JSON.stringify(bad))
      assert.equal((await requestOf(script)).usage, 'reported')
    }
    for (const none of [null, 'no', 5, [], {}, { prompt_tokens: -1 }, { completion_tokens_details: 5 }]) {
      assert.equal((await requestOf(report(none))).usage, 'missing', JSON.stringify(none))
    }
  })

  it('find their model in a request of any size and order, in any number of chunks', async () => {
    const request = { messages: [{ content: '"model":"no",\\"'.repeat(200_000) }], stream: true, model: 'late' }
    for (const piece of [1021, 65536, Number.POSITIVE_INFINITY]) {
      const script = call({ request, status: 200, body: answer, piece })
      assert.equal((await requestOf(script)).gen_ai_request_model, 'late')
    }
  })

  it('have an unknown model where the request names none', async () => {
    for (const request of ['', 'not JSON', '[]', '{"model":""}', '{"model":5}', '{"messages":[{"model":"no"}]}']) {
      assert.equal((await requestOf(call({ request, status: 200, body: answer }))).gen_ai_request_model, 'unknown')
    }
  })

  it('stay quiet and miss usage when the answer makes no sense', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    const json = 'application/json'
    const sse = 'text/event-stream'
    for (const [contentType, body] of [
      [json, bytes('{"model":')],
      [json, bytes('<html>')],
      [json, bytes('[[[['.repeat(300_000))],
      [json, Uint8Array.of(0x7b, 0xff, 0xfe, 0x22, 0xc3)],
      ['text/html', bytes('oops')],
      [sse, bytes('data: {"usage":{\n\ndata: null\n\ndata: 5\n\ndata: ["usage"]\n\ndata: \xff\xfe\n\n')],
      [sse, bytes(`data: {"usage":${'['.repeat(500_000)}\n\n`)],
      [sse, bytes('data: {"usage":{"prompt_tokens":3}}')],
      [sse, new Uint8Array(0)],
      ['', bytes('')],
    ] as const) {
      const script = call({ status: 200, contentType, body, outcome: 'aborted' })
      const { error_type, usage } = await requestOf(script)
      assert.deepEqual({ error_type, usage }, { error_type: 'aborted', usage: 'missing' }, contentType)
    }
  })

  it('lose an event that is too long, and find the next one', async () => {
    const long = `data: {"x":"${'x'.repeat(3_000_000)}"}\n\n`
    const body = `data: {"model":"m-1"}\n\n${long}data: {"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n`
    assert.deepEqual(await tokensOf(call({ status: 200, body, piece: 16_384 })), { input: 3, output: 2 })
  })

  it('have labels within bounds, whatever a client asks for', async () => {
    const scripts = Array.from({ length: 500 }, (_, i) =>
      call({ request: { model: `m${i}` }, status: 200, body: answer }),
    )
    const { requests } = await count(...scripts)
    const models = new Set(requests.map(({ labels }) => labels.gen_ai_request_model))
    assert.ok(models.size <= 201 && models.has('_OTHER'))
    assert.equal(
      requests.reduce((sum, { value }) => sum + value, 0),
      500,
    )
  })
})
