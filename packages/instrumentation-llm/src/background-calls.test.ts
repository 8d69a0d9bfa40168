import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Exchange } from '@agentgateway-otel/wire'
import { createBackgroundCalls, toBackgroundKey } from './background-calls.ts'
import { count, countTokens, type Script } from './call-metrics.test-support.ts'
import type { CallRecord } from './call-record.ts'
import { findFollowUp } from './find-format.ts'
import { namedSse } from './formats/streams.test-support.ts'

const tokenCounts = { input_tokens: 100, output_tokens: 50, total_tokens: 150 }
const response = (members: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  background: true,
  status: 'completed',
  model: 'gpt-5.2-2026',
  error: null,
  usage: tokenCounts,
  ...members,
})
const queued = response({ status: 'queued', usage: null })
const inProgress = response({ status: 'in_progress', usage: null })

const create = (script: Partial<Script>): Script => ({
  target: '/v1/responses',
  request: { model: 'gpt-5.2', input: 'x', background: true },
  status: 200,
  body: queued,
  ...script,
})
const poll = (body: unknown, script: Partial<Script> = {}): Script => ({
  method: 'GET',
  target: '/v1/responses/resp_1',
  status: 200,
  body,
  ...script,
})
const createdEvent = namedSse({ type: 'response.created', response: queued } as never)
const textDelta = { type: 'response.output_text.delta', sequence_number: 7, delta: 'hi' }
const resume = (last: object = response(), type = 'response.completed') =>
  poll(namedSse(textDelta, { type, sequence_number: 8, response: last } as never), {
    target: '/v1/responses/resp_1?stream=true&starting_after=6',
  })
const reset = { outcome: 'error', error: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) } as const

/** The calls that were counted, as error, usage and number; and the sum of their durations. */
async function countOutcomes(...scripts: readonly Script[]) {
  const { requests, durations } = await count(...scripts)
  return {
    calls: requests.map(({ labels, value }) => [labels.error_type, labels.usage, value]),
    seconds: durations.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}
/** One call that succeeded, with its tokens. */
const ONCE = [['', 'reported', 1]]

describe('OpenAI response in the background', () => {
  it('counts a background call once, from its first request to the response that shows its end', async () => {
    const scripts = [create({}), poll(inProgress), poll(inProgress), poll(response()), poll(response())]
    assert.deepEqual(await countOutcomes(...scripts), { calls: ONCE, seconds: 4 })
    assert.deepEqual(await countTokens(...scripts), { input: 100, output: 50 })
    const { requests } = await count(...scripts)
    assert.deepEqual(requests[0]?.labels, {
      gen_ai_operation_name: 'chat',
      gen_ai_system: 'custom',
      gen_ai_request_model: 'gpt-5.2',
      gen_ai_response_model: 'gpt-5.2-2026',
      error_type: '',
      usage: 'reported',
    })
  })

  it('counts a background call once if its stream breaks or is abandoned and is then resumed or polled', async () => {
    for (const first of [
      create({ body: createdEvent, ...reset }),
      create({ body: createdEvent, outcome: 'aborted' }),
      create({ body: namedSse({ type: 'response.created', response: inProgress } as never), ...reset }),
    ]) {
      for (const next of [[resume()], [resume(inProgress, 'response.in_progress'), resume()], [poll(response())]]) {
        assert.deepEqual((await countOutcomes(first, ...next)).calls, ONCE)
        assert.deepEqual(await countTokens(first, ...next), { input: 100, output: 50 })
      }
    }
  })

  it('counts a background call once if it is polled or resumed after its whole stream', async () => {
    const body = createdEvent + namedSse({ type: 'response.completed', response: response() } as never)
    const scripts = [create({ body }), poll(response()), resume()]
    assert.deepEqual((await countOutcomes(...scripts)).calls, ONCE)
    assert.deepEqual(await countTokens(...scripts), { input: 100, output: 50 })
  })

  it('has the outcome of a background call that its last response shows', async () => {
    const failed = response({ status: 'failed', usage: null, error: { code: 'server_error', message: 'no' } })
    const cancelled = response({ status: 'cancelled', usage: null })
    const cancel = poll(cancelled, { method: 'POST', target: '/v1/responses/resp_1/cancel' })
    for (const [last, error_type, usage] of [
      [poll(failed), 'server_error', 'missing'],
      [resume(failed, 'response.failed'), 'server_error', 'missing'],
      [poll(response({ status: 'failed', usage: null })), 'failed', 'missing'],
      [poll(cancelled), 'cancelled', 'missing'],
      [cancel, 'cancelled', 'missing'],
      [poll(response({ status: 'incomplete' })), '', 'reported'],
    ] as const) {
      assert.deepEqual((await countOutcomes(create({}), last)).calls, [[error_type, usage, 1]])
    }
  })

  it('waits for a background call after a follow-up that fails', async () => {
    const broken = resume()
    for (const failure of [
      poll(undefined, { status: 500 }),
      poll(undefined, { status: 404 }),
      { ...poll(undefined), status: undefined, ...reset } as unknown as Script,
      poll(namedSse({ type: 'error', code: 'x' } as never)),
      { ...broken, body: namedSse(textDelta), ...reset },
    ]) {
      assert.deepEqual((await countOutcomes(create({}), failure, poll(response()))).calls, ONCE)
    }
  })

  it('joins a background call with its follow-ups at Azure, but not at another host', async () => {
    const azure = { host: 'x.openai.azure.com' }
    const created = create({ target: '/openai/responses?api-version=preview', ...azure })
    const polled = poll(response(), { target: '/openai/responses/resp_1?api-version=preview', ...azure })
    assert.deepEqual((await countOutcomes(created, polled)).calls, ONCE)
    const onOtherHost = await countOutcomes(created, poll(response()))
    assert.deepEqual(onOtherHost.calls, [['', 'missing', 1]])
  })

  it('does not count a background call that another process began', async () => {
    assert.deepEqual((await countOutcomes(poll(response()), resume())).calls, [])
  })

  it('counts a background call once if the request that began it was retried', async () => {
    const attempt = (n: number, script: Partial<Script>) =>
      create({ headers: { 'x-stainless-retry-count': `${n}` }, ...script })
    const scripts = [attempt(0, { status: 500, body: undefined }), attempt(1, {}), poll(response())]
    assert.deepEqual(await countOutcomes(...scripts), { calls: ONCE, seconds: 3 })
  })

  it('does not wait for a plain stream that breaks, nor for a whole response with usage or without background', async () => {
    const plain = response({ background: false, status: 'in_progress', usage: null })
    const body = namedSse({ type: 'response.created', response: plain } as never)
    const { calls } = await countOutcomes(create({ body, ...reset }), poll(response()))
    assert.deepEqual(calls, [['ECONNRESET', 'missing', 1]])
    const whole = await countOutcomes(create({ body: plain }), poll(response()))
    assert.deepEqual(whole.calls, [['', 'missing', 1]])
    const withUsage = await countOutcomes(create({ body: response({ status: 'in_progress' }) }), poll(response()))
    assert.deepEqual(withUsage.calls, ONCE)
  })

  it("counts Gemini's interaction in the background once", async () => {
    const gemini = { model: 'gemini-3-pro', id: 'i/1', status: 'in_progress' }
    const target = '/v1beta/interactions'
    const created = create({ target, body: gemini })
    const ended = { ...gemini, status: 'completed', usage: { total_input_tokens: 5, total_output_tokens: 6 } }
    for (const body of [
      ended,
      namedSse({ type: '', event_type: 'interaction.completed', interaction: ended } as never),
    ]) {
      const polled = poll(body, { target: `${target}/i%2F1` })
      const scripts = [created, poll(gemini, { target: `${target}/i%2F1` }), polled]
      assert.deepEqual(await countOutcomes(...scripts), { calls: ONCE, seconds: 3 })
      assert.deepEqual(await countTokens(...scripts), { input: 5, output: 6 })
    }
  })
})

describe('createBackgroundCalls', () => {
  const noTokens = () => assert.fail('there are no tokens to count')
  const record = (id: string): CallRecord => ({
    operation: 'chat',
    system: 'openai',
    requestModel: id,
    responseModel: undefined,
    errorType: '',
    usage: 'missing',
    inputTokens: undefined,
    outputTokens: undefined,
    durationSeconds: 1,
    background: { key: toBackgroundKey('h', id), endMs: 2000 },
  })

  it('counts a background call as it stands after an hour without a follow-up', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const counted: CallRecord[] = []
    const calls = createBackgroundCalls((call) => counted.push(call), noTokens)
    calls.hold(record('a'))
    calls.hold(record('b'))
    t.mock.timers.tick(3_000_000)
    const followUp = findFollowUp('GET', '/v1/responses/a')
    assert.ok(followUp)
    calls.observe({ host: 'h' } as Exchange, followUp)?.end('error')
    t.mock.timers.tick(599_999)
    assert.deepEqual(counted, [])
    t.mock.timers.tick(1)
    assert.deepEqual(counted, [record('b')])
    t.mock.timers.tick(3_000_000)
    assert.deepEqual(counted, [record('b'), record('a')])
    assert.equal(calls.isEmpty, true)
    assert.equal(calls.observe({ host: 'h' } as Exchange, followUp), undefined)
  })

  it('counts a background call once if a follow-up shows its end while its stream is open', () => {
    const counted: CallRecord[] = []
    const calls = createBackgroundCalls(
      (call) => counted.push(call),
      ({ inputTokens }) => assert.equal(inputTokens, 100),
    )
    const followUp = findFollowUp('GET', '/v1/responses/a')
    assert.ok(followUp)
    const poll = (body: object) => {
      const listener = calls.observe({ host: 'h', endMs: 5000 } as Exchange, followUp)
      listener?.response?.({ status: 200, header: () => undefined })
      listener?.responseBody?.(new TextEncoder().encode(JSON.stringify(body)))
      listener?.end('complete')
    }
    const key = toBackgroundKey('h', 'a')

    // The app abandoned the stream, which the wire shows a moment later.
    calls.openStream(key)
    poll(inProgress)
    poll(response())
    calls.hold({ ...record('a'), errorType: 'aborted' })
    calls.closeStream(key)
    assert.deepEqual(
      counted.map(({ errorType, usage, durationSeconds }) => [errorType, usage, durationSeconds]),
      [['', 'reported', 4]],
    )
    // The stream itself showed the end.
    calls.openStream(key)
    poll(response())
    calls.closeStream(key)
    assert.equal(counted.length, 1)
    assert.equal(calls.isEmpty, true)
  })

  it('holds a bounded number of background calls, and none after a flush', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let counted = 0
    const calls = createBackgroundCalls(() => counted++, noTokens)
    for (let i = 0; i < 3000; i++) calls.hold(record(`${i}`))
    assert.equal(counted, 2000)
    calls.flush()
    assert.equal(counted, 3000)
    t.mock.timers.tick(10_000_000)
    assert.equal(counted, 3000)
    assert.equal(calls.isEmpty, true)
  })

  it('recognises follow-ups of background calls by method and path', () => {
    for (const [method, target, id] of [
      ['GET', '/v1/responses/resp_1?stream=true', 'resp_1'],
      ['POST', '/v1/responses/resp_1/cancel', 'resp_1'],
      ['GET', '/v1beta/interactions/i%2F1', 'i/1'],
      ['POST', '/v1/responses', undefined],
      ['POST', '/v1/responses/input_tokens', undefined],
      ['GET', '/v1/responses/resp_1/input_items', undefined],
      ['GET', '/v1/responses/resp_1/cancel', undefined],
      ['DELETE', '/v1/responses/resp_1', undefined],
      ['GET', '/v1/messages/batches/b', undefined],
    ] as const) {
      assert.equal(findFollowUp(method, target)?.id, id, `${method} ${target}`)
    }
  })
})
