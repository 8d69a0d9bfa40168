import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countCall, countTokens, type Script } from '../call-metrics.test-support.ts'

const target = '/v1/messages'
const headers = { 'anthropic-version': '2023-06-01' }
const request = { max_tokens: 1024, messages: [{ role: 'user', content: 'Hi' }], model: 'claude-sonnet-4-5' }
const usage = {
  input_tokens: 25,
  cache_creation_input_tokens: 200,
  cache_read_input_tokens: 1000,
  cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 0 },
  output_tokens: 15,
  service_tier: 'standard',
}
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'Hallo! "usage":{' }],
  stop_reason: 'end_turn',
  usage,
}

type Event = { type: string } & Record<string, unknown>
const start: Event = {
  type: 'message_start',
  message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
}
const text: Event[] = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 漢字 🎈' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '"message_stop" "usage":{' } },
  { type: 'content_block_stop', index: 0 },
]
const delta = (usage: object): Event => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage })
const stop: Event = { type: 'message_stop' }
const stream = (...events: Event[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const call = (script: Partial<Script>): Script => ({ target, headers, request, status: 200, ...script })
const labels = {
  gen_ai_operation_name: 'chat',
  gen_ai_system: 'anthropic',
  gen_ai_request_model: 'claude-sonnet-4-5',
  gen_ai_response_model: 'claude-sonnet-4-5-20250929',
}

describe('Anthropic messages', () => {
  it('counts a whole message, with cache reads and writes as input', async () => {
    assert.deepEqual(await count(call({ body: message, host: 'api.anthropic.com' })), {
      requests: [{ labels: { ...labels, error_type: '', usage: 'reported' }, value: 1 }],
      tokens: [
        { labels: { gen_ai_token_type: 'input', ...labels }, value: 1225 },
        { labels: { gen_ai_token_type: 'output', ...labels }, value: 15 },
      ],
      durations: [{ labels: { ...labels, error_type: '' }, count: 1, seconds: 1 }],
    })
  })

  it('counts a message without cache', async () => {
    const uncached = { input_tokens: 25, cache_read_input_tokens: null, output_tokens: 15 }
    assert.deepEqual(await countTokens(call({ body: { ...message, usage: uncached } })), { input: 25, output: 15 })
  })

  it('counts a message stream, however its bytes are cut', async () => {
    const bytes = new TextEncoder().encode(stream(start, ...text, delta({ output_tokens: 15 }), stop))
    const scripts = Array.from({ length: bytes.length }, (_, i) =>
      call({ body: bytes, contentType: 'text/event-stream', chunkBytes: i + 1, host: 'api.anthropic.com' }),
    )
    const { requests, tokens } = await count(...scripts)
    assert.deepEqual(requests, [{ labels: { ...labels, error_type: '', usage: 'reported' }, value: bytes.length }])
    assert.deepEqual(
      tokens.map(({ value }) => value),
      [1225 * bytes.length, 15 * bytes.length],
    )
  })

  it('replaces each count of message_start by the one of message_delta', async () => {
    const totals = {
      input_tokens: 30,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 1200,
      output_tokens: 90,
    }
    for (const [deltas, expected] of [
      [[delta(totals)], { input: 1230, output: 90 }],
      [[delta({ output_tokens: 40 }), delta({ output_tokens: 90 })], { input: 1225, output: 90 }],
      [[delta({ input_tokens: 26, output_tokens: 90 })], { input: 1226, output: 90 }],
    ] as const) {
      assert.deepEqual(await countTokens(call({ body: stream(start, ...text, ...deltas, stop) })), expected)
    }
  })

  it('counts the usage of message_start for a message stream that the client abandons', async () => {
    const body = stream(start, ...text.slice(0, 3))
    const { error_type, usage: label } = await countCall(call({ body, outcome: 'aborted' }))
    assert.deepEqual([error_type, label], ['aborted', 'reported'])
    assert.deepEqual(await countTokens(call({ body, outcome: 'aborted' })), { input: 1225, output: 1 })
  })

  it('has no error for a message stream that is abandoned after message_stop', async () => {
    const body = stream(start, ...text, delta({ output_tokens: 15 }), stop)
    assert.equal((await countCall(call({ body, outcome: 'aborted' }))).error_type, '')
    const unfinished = stream(start, ...text, delta({ output_tokens: 15 }))
    assert.equal((await countCall(call({ body: unfinished, outcome: 'aborted' }))).error_type, 'aborted')
  })

  it('has the error of a message stream', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const { error_type, usage: label } = await countCall(call({ body: stream(start, error), outcome: 'aborted' }))
    assert.deepEqual([error_type, label], ['overloaded_error', 'reported'])
    assert.equal((await countCall(call({ body: stream(error) }))).usage, 'missing')
  })

  for (const path of [
    '/v1/messages?beta=true',
    '/anthropic/v1/messages',
    '/api/v1/messages',
    '/team/x/v1/messages',
    '/api/v1/presets/mine/messages',
  ]) {
    it(`counts a message at ${path}`, async () =>
      assert.equal((await countCall(call({ target: path, body: message }))).gen_ai_response_model, message.model))
  }

  it('counts no other method or path as a message', async () => {
    const others: Script[] = [
      call({ method: 'GET' }),
      call({ target: '/v1/messages/count_tokens' }),
      call({ target: '/v1/messages/batches' }),
      call({ target: '/v1/messages/batches/msgbatch_1/cancel' }),
      call({ target: '/v2/messages' }),
    ]
    assert.deepEqual((await count(...others)).requests, [])
  })

  it('does not count a message of another API, without the header and the model', async () => {
    const sms = call({ headers: {}, request: { to: '+49', text: { body: 'Hi' } }, status: 201, body: { messages: [] } })
    assert.deepEqual((await count(sms)).requests, [])
    assert.equal((await count({ ...sms, request })).requests.length, 1)
    assert.equal((await count({ ...sms, headers })).requests.length, 1)
  })
})

describe('Iterations of an Anthropic message', () => {
  const counts = (input: number, output: number) => ({
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 4,
  })
  const total = counts(100, 10)
  const usageWith = (...iterations: object[]) => ({ ...total, iterations })
  const scripts = (usage: object) => [
    call({ body: { ...message, usage } }),
    call({ body: stream(start, ...text, delta(usage), stop) }),
  ]

  it('adds compactions to the totals, but not the messages that the totals include', async () => {
    const usage = usageWith(
      { type: 'compaction', ...counts(1000, 50) },
      { type: 'message', ...counts(60, 4) },
      { type: 'compaction', ...counts(2000, 60) },
      { type: 'message', ...counts(40, 6), model: 'claude-sonnet-4-5' },
      { type: 'fallback_message', ...counts(40, 6), model: 'claude-haiku-4-5' },
    )
    for (const script of scripts(usage)) {
      assert.deepEqual(await countTokens(script), { input: 107 + 1007 + 2007, output: 10 + 50 + 60 })
    }
  })

  it("counts an advisor's tokens under its own model, and one call", async () => {
    const advisor = { type: 'advisor_message', model: 'claude-opus-4-8' }
    const usage = usageWith(
      { ...advisor, ...counts(500, 20) },
      { type: 'message', ...total },
      { ...advisor, ...counts(1, 2) },
    )
    for (const script of scripts(usage)) {
      const { requests, tokens } = await count(script)
      assert.equal(requests.length, 1)
      assert.deepEqual(
        tokens.map(({ labels: { gen_ai_response_model: model, gen_ai_token_type: type }, value }) => [
          model,
          type,
          value,
        ]),
        [
          [message.model, 'input', 107],
          [message.model, 'output', 10],
          [advisor.model, 'input', 507 + 8],
          [advisor.model, 'output', 22],
        ],
      )
    }
  })

  it('replaces the compactions of message_start by those of message_delta', async () => {
    const startWithCompaction = {
      type: 'message_start',
      message: { ...message, usage: usageWith({ type: 'compaction', ...counts(9, 9) }) },
    }
    const body = stream(
      startWithCompaction,
      delta(usageWith({ type: 'compaction', ...counts(9, 9) })),
      delta({ output_tokens: 11 }),
      stop,
    )
    assert.deepEqual(await countTokens(call({ body })), { input: 107 + 16, output: 11 + 9 })
  })

  it('ignores iterations that make no sense', async () => {
    for (const iterations of [null, 5, 'x', {}, [null, 5, 'x', [], {}], [{ type: 'compaction', input_tokens: -1 }]]) {
      for (const script of scripts({ ...total, iterations })) {
        assert.deepEqual(await countTokens(script), { input: 107, output: 10 }, JSON.stringify(iterations))
      }
    }
    const withoutModel = usageWith({ type: 'advisor_message', ...counts(5, 5) })
    assert.deepEqual(await countTokens(...scripts(withoutModel)), { input: 214, output: 20 })
  })
})
