import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from './call-metrics.test-support.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  ...script,
})
const usage = { prompt_tokens: 3, completion_tokens: 2 }
const completion = { model: 'm-1', choices: [], usage }

describe('LLM call', () => {
  it('counts a call with an error status under that status, without usage and response model', async () => {
    for (const status of [400, 401, 404, 429, 500, 529]) {
      const script = call({ status, body: { error: { type: 'x', code: 'y' }, ...completion } })
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

  it("counts a call without a response under the code of the connection's error", async () => {
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
      const { gen_ai_request_model: model, usage, error_type: found } = await countCall(script)
      assert.deepEqual({ model, usage, found }, { model: 'unknown', usage: 'none', found: error_type })
    }
  })

  it('counts a call that the client leaves before the response as aborted, without usage', async () => {
    const { error_type, usage } = await countCall(call({ outcome: 'aborted', error: new Error('any') }))
    assert.deepEqual({ error_type, usage }, { error_type: 'aborted', usage: 'none' })
  })

  it("counts a call whose connection breaks during the response under the error's code", async () => {
    const error = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    const body = JSON.stringify(completion).slice(0, -4)
    const script = call({ status: 200, contentType: 'application/json', body, outcome: 'error', error })
    const { error_type, usage, gen_ai_response_model: model } = await countCall(script)
    assert.deepEqual({ error_type, usage, model }, { error_type: 'UND_ERR_SOCKET', usage: 'missing', model: 'm-1' })
  })

  it("counts a call as timeout if the app's error or its SDK's header shows a timeout of the app", async () => {
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
      assert.equal((await countCall(call(script))).error_type, error_type, JSON.stringify(script))
    }
  })

  it('has no text or URL of an error in a label', async () => {
    for (const code of ['you said: hello', 'https://example.com/errors/1', 'x'.repeat(65)]) {
      const { error_type } = await countCall(call({ status: 200, body: { error: { code } } }))
      assert.ok(error_type === 'unknown' || error_type === '_OTHER', String(error_type))
    }
  })

  it('counts a redirected call once', async () => {
    const { requests } = await count(call({ status: 307 }), call({ status: 200, body: completion }))
    assert.deepEqual(
      requests.map(({ labels, value }) => [labels.error_type, value]),
      [['', 1]],
    )
  })

  it('counts zero tokens that are reported, and no tokens for invalid counts', async () => {
    const report = (usage: unknown) => call({ status: 200, body: { ...completion, usage } })
    assert.deepEqual(await countTokens(report({ prompt_tokens: 7, completion_tokens: 0 })), { input: 7, output: 0 })
    for (const invalid of [-1, 1.5, 1e300, '5', null, [3], {}, true]) {
      const script = report({ prompt_tokens: invalid, completion_tokens: 4 })
      assert.deepEqual(await countTokens(script), { output: 4 }, JSON.stringify(invalid))
      assert.equal((await countCall(script)).usage, 'reported')
    }
    for (const invalid of [null, 'no', 5, [], {}, { prompt_tokens: -1 }, { completion_tokens_details: 5 }]) {
      assert.equal((await countCall(report(invalid))).usage, 'missing', JSON.stringify(invalid))
    }
  })

  it('has the model of a request of any size, in any order of its members and any chunks', async () => {
    const request = { messages: [{ content: '"model":"no",\\"'.repeat(200_000) }], stream: true, model: 'late' }
    for (const chunkBytes of [1021, 65536, Number.POSITIVE_INFINITY]) {
      const script = call({ request, status: 200, body: completion, chunkBytes })
      assert.equal((await countCall(script)).gen_ai_request_model, 'late')
    }
  })

  it('has the request model unknown if the request names none', async () => {
    for (const request of ['', 'not JSON', '[]', '{"model":""}', '{"model":5}', '{"messages":[{"model":"no"}]}']) {
      assert.equal((await countCall(call({ request, status: 200, body: completion }))).gen_ai_request_model, 'unknown')
    }
  })

  it('has the usage missing, and throws nothing, for a response that makes no sense', async () => {
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
      const { error_type, usage } = await countCall(script)
      assert.deepEqual({ error_type, usage }, { error_type: 'aborted', usage: 'missing' }, contentType)
    }
  })

  it('skips an event that is too long and counts the usage in the next one', async () => {
    const tooLong = `data: {"x":"${'x'.repeat(9_000_000)}","usage":{"prompt_tokens":9}}\n\n`
    const body = `data: {"model":"m-1"}\n\n${tooLong}data: {"usage":{"completion_tokens":2}}\n\n`
    assert.deepEqual(await countTokens(call({ status: 200, body, chunkBytes: 65_536 })), { output: 2 })
  })

  it('bounds the label of the request model, however many models a client requests', async () => {
    const scripts = Array.from({ length: 500 }, (_, i) =>
      call({ request: { model: `m${i}` }, status: 200, body: completion }),
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
