import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CallRecord } from './call-listener.ts'
import { count, requestOf, type Script, tokensOf } from './call-metrics.test-support.ts'
import { joinRetries } from './retries.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  ...script,
})
const usage = { prompt_tokens: 3, completion_tokens: 2 }
const answer = { model: 'm-1', choices: [], usage }

const RECORD: CallRecord = {
  operation: 'chat',
  system: 'openai',
  requestModel: 'm',
  responseModel: undefined,
  errorType: '',
  usage: 'none',
  inputTokens: undefined,
  outputTokens: undefined,
  durationSeconds: 1,
}

const numbering = (number: number, key = 'host') => ({ number, key, retryDelay: () => 2 })

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

  describe('that an SDK tries again', () => {
    const attempt = (n: number, rest: Partial<Script>) =>
      call({ ...rest, headers: { 'x-stainless-retry-count': `${n}`, ...rest.headers } })
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

    /** Error, usage and number of the calls, and how many seconds they took. */
    async function outcomes(...scripts: readonly Script[]) {
      const { requests, durations } = await count(...scripts)
      assert.equal(
        requests.reduce((sum, { value }) => sum + value, 0),
        durations.reduce((sum, one) => sum + one.count, 0),
      )
      return {
        calls: requests.map(({ labels, value }) => [labels.error_type, labels.usage, value]),
        seconds: durations.map(({ seconds }) => seconds),
      }
    }

    it('count once, with the outcome of the last attempt, from the head of the first', async () => {
      const succeeded = [
        attempt(0, { status: 429 }),
        attempt(1, { status: 500, seconds: 2 }),
        attempt(2, { status: 200, body: answer, seconds: 4 }),
      ]
      assert.deepEqual(await outcomes(...succeeded), { calls: [['', 'reported', 1]], seconds: [7] })
      assert.deepEqual(await tokensOf(...succeeded), { input: 3, output: 2 })
      const failed = [attempt(0, { status: 429 }), attempt(1, { status: 503 }), attempt(2, { status: 500 })]
      assert.deepEqual(await outcomes(...failed), { calls: [['500', 'none', 1]], seconds: [3] })
    })

    it('count once where nothing was sent before, and where the SDK gave the first attempt up', async () => {
      const unsent = { request: undefined, outcome: 'error', error: refused } as const
      const succeeded = attempt(1, { status: 200, body: answer })
      for (const first of [attempt(0, unsent), attempt(0, { outcome: 'aborted' })]) {
        assert.deepEqual(await outcomes(first, succeeded), { calls: [['', 'reported', 1]], seconds: [2] })
      }
      assert.deepEqual(await outcomes(attempt(0, unsent), attempt(1, unsent)), {
        calls: [['ECONNREFUSED', 'none', 1]],
        seconds: [2],
      })
    })

    it('count each where attempts are of different calls', async () => {
      const failed = attempt(0, { status: 429 })
      for (const other of [
        { target: '/v2/chat/completions' },
        { host: 'localhost:1' },
        { request: { model: 'other' } },
        { request: { model: 'm', messages: [1] } },
      ]) {
        const { calls } = await outcomes(failed, attempt(1, { status: 200, body: answer, ...other }))
        assert.deepEqual(
          calls.map(([error, , value]) => [error, value]).sort(),
          [
            ['', 1],
            ['429', 1],
          ],
          JSON.stringify(other),
        )
      }
      const first = await outcomes(failed, attempt(0, { status: 200, body: answer }))
      assert.equal(first.calls.length, 2)
    })

    it('count as many as there are, of calls that are alike', async () => {
      const story = (n: number, status: number) => attempt(n, { status, ...(status === 200 && { body: answer }) })
      const { calls } = await outcomes(
        ...[429, 429, 429].map((status) => story(0, status)),
        ...[200, 429].map((status) => story(1, status)),
        story(2, 200),
      )
      assert.deepEqual(
        calls.sort(),
        [
          ['', 'reported', 2],
          ['429', 'none', 1],
        ].sort(),
      )
    })

    it('are done when their outcome says that the SDK does not try again', async () => {
      for (const last of [
        { status: 400 },
        { status: 429, answerHeaders: { 'x-should-retry': 'false' } },
        { status: 200, body: { error: { type: 'x' } } },
        { status: 200, body: '', outcome: 'error', error: refused },
      ] as const) {
        const { calls } = await outcomes(attempt(0, last), attempt(1, { status: 200, body: answer }))
        assert.equal(calls.length, 2, JSON.stringify(last))
      }
      const asked = attempt(0, { status: 400, answerHeaders: { 'x-should-retry': 'true' } })
      const { calls } = await outcomes(asked, attempt(1, { status: 200, body: answer }))
      assert.deepEqual(calls, [['', 'reported', 1]])
    })

    it('count when no other attempt has come in time, and not again when it comes late', (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] })
      const counted: string[] = []
      const { follow } = joinRetries(({ errorType }) => counted.push(errorType))
      const failed = { ...RECORD, errorType: '429' }
      const at = (startMs: number) => ({ model: 'm', requestBytes: 5, startMs })
      follow(numbering(0)).ended(failed, at(1000), undefined)
      t.mock.timers.tick(6999)
      assert.deepEqual(counted, [])
      t.mock.timers.tick(1)
      assert.deepEqual(counted, ['429'])
      follow(numbering(1)).ended(failed, at(60_000), undefined)
      follow(numbering(2)).ended(RECORD, at(62_000), undefined)
      t.mock.timers.tick(1_000_000)
      assert.deepEqual(counted, ['429'])
      follow(numbering(2)).ended(RECORD, at(63_000), undefined)
      assert.deepEqual(counted, ['429', ''])
    })

    it('are held within bounds', (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] })
      let counted = 0
      const { follow, flush } = joinRetries(() => counted++)
      for (let i = 0; i < 3000; i++) {
        const content = { model: 'm', requestBytes: 1, startMs: i }
        follow(numbering(0, `${i}`)).ended({ ...RECORD, errorType: '500' }, content, undefined)
      }
      assert.equal(counted, 2000)
      flush()
      t.mock.timers.tick(100_000)
      assert.equal(counted, 3000)
    })

    it('are joined by what the AWS SDK tells, which also tells the last of them', async () => {
      const aws = (attempt: number, id: string, rest: Partial<Script>) =>
        call({ headers: { 'amz-sdk-invocation-id': id, 'amz-sdk-request': `attempt=${attempt}; max=3` }, ...rest })
      const succeeded = { status: 200, body: answer }
      const one = await outcomes(aws(1, 'a', { status: 503 }), aws(2, 'a', { status: 429 }), aws(3, 'a', succeeded))
      assert.deepEqual(one, { calls: [['', 'reported', 1]], seconds: [3] })
      const two = await outcomes(aws(1, 'a', { status: 503 }), aws(2, 'b', succeeded))
      assert.equal(two.calls.length, 2)
      const last = await outcomes(aws(3, 'a', { status: 503 }), aws(4, 'a', succeeded))
      assert.equal(last.calls.length, 2)
    })
  })

  it('end by a timeout where the app, or its SDK, says that it set one', async () => {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    const wrapped = new Error('aborted', { cause: timeout })
    const headers = { 'x-stainless-timeout': '10' }
    const late = { outcome: 'aborted', headers, seconds: 10 } as const
    for (const [script, error_type] of [
      [{ outcome: 'aborted', error: timeout }, 'timeout'],
      [{ outcome: 'aborted', error: wrapped, status: 200, body: 'data: {' }, 'timeout'],
      [late, 'timeout'],
      [{ ...late, seconds: 9 }, 'aborted'],
      [{ ...late, status: 200, body: 'data: {' }, 'aborted'],
      [{ ...late, headers: { 'x-stainless-timeout': '0' } }, 'aborted'],
    ] as const) {
      assert.equal((await requestOf(call(script))).error_type, error_type, JSON.stringify(script))
    }
  })

  it('name no error that is a text or a URL', async () => {
    for (const code of ['you said: hello', 'https://example.com/errors/1', 'x'.repeat(65)]) {
      const { error_type } = await requestOf(call({ status: 200, body: { error: { code } } }))
      assert.ok(error_type === 'unknown' || error_type === '_OTHER', String(error_type))
    }
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
