import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { count, countTokens, type Script } from './call-metrics.test-support.ts'
import type { CallRecord } from './call-record.ts'
import { createRetries } from './retries.ts'

const call = (script: Partial<Script>): Script => ({
  target: '/v1/chat/completions',
  request: { model: 'm', messages: [] },
  ...script,
})
const completion = { model: 'm-1', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }

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

const headers = (attemptNumber: number, callKey = 'host') => ({
  attemptNumber,
  callKey,
  retryDelaySeconds: () => 2,
})

describe('LLM call that an SDK tries again', () => {
  const attempt = (n: number, script: Partial<Script>) =>
    call({ ...script, headers: { 'x-stainless-retry-count': `${n}`, ...script.headers } })
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

  /** The calls that were counted, as error, usage and number, and how many seconds they took. */
  async function countOutcomes(...scripts: readonly Script[]) {
    const { requests, durations } = await count(...scripts)
    assert.equal(
      requests.reduce((sum, { value }) => sum + value, 0),
      durations.reduce((sum, { count }) => sum + count, 0),
    )
    return {
      calls: requests.map(({ labels, value }) => [labels.error_type, labels.usage, value]),
      seconds: durations.map(({ seconds }) => seconds),
    }
  }

  it('counts a retried call once, with the outcome of its last attempt, from the head of the first', async () => {
    const succeeded = [
      attempt(0, { status: 429 }),
      attempt(1, { status: 500, seconds: 2 }),
      attempt(2, { status: 200, body: completion, seconds: 4 }),
    ]
    assert.deepEqual(await countOutcomes(...succeeded), { calls: [['', 'reported', 1]], seconds: [7] })
    assert.deepEqual(await countTokens(...succeeded), { input: 3, output: 2 })
    const failed = [attempt(0, { status: 429 }), attempt(1, { status: 503 }), attempt(2, { status: 500 })]
    assert.deepEqual(await countOutcomes(...failed), { calls: [['500', 'none', 1]], seconds: [3] })
  })

  it('counts a retried call once if its first attempt was not sent, or was given up by the SDK', async () => {
    const unsent = { request: undefined, outcome: 'error', error: refused } as const
    const succeeded = attempt(1, { status: 200, body: completion })
    for (const first of [attempt(0, unsent), attempt(0, { outcome: 'aborted' })]) {
      assert.deepEqual(await countOutcomes(first, succeeded), { calls: [['', 'reported', 1]], seconds: [2] })
    }
    assert.deepEqual(await countOutcomes(attempt(0, unsent), attempt(1, unsent)), {
      calls: [['ECONNREFUSED', 'none', 1]],
      seconds: [2],
    })
  })

  it('does not join attempts with different paths, hosts, models or lengths', async () => {
    const failed = attempt(0, { status: 429 })
    for (const other of [
      { target: '/v2/chat/completions' },
      { host: 'localhost:1' },
      { request: { model: 'other' } },
      { request: { model: 'm', messages: [1] } },
    ]) {
      const { calls } = await countOutcomes(failed, attempt(1, { status: 200, body: completion, ...other }))
      assert.deepEqual(
        calls.map(([error, , value]) => [error, value]).sort(),
        [
          ['', 1],
          ['429', 1],
        ],
        JSON.stringify(other),
      )
    }
    const first = await countOutcomes(failed, attempt(0, { status: 200, body: completion }))
    assert.equal(first.calls.length, 2)
  })

  it('counts as many retried calls as there are if all of them are alike', async () => {
    const alike = (n: number, status: number) => attempt(n, { status, ...(status === 200 && { body: completion }) })
    const { calls } = await countOutcomes(
      ...[429, 429, 429].map((status) => alike(0, status)),
      ...[200, 429].map((status) => alike(1, status)),
      alike(2, 200),
    )
    assert.deepEqual(
      calls.sort(),
      [
        ['', 'reported', 2],
        ['429', 'none', 1],
      ].sort(),
    )
  })

  it('does not hold an attempt that the SDK does not repeat', async () => {
    for (const last of [
      { status: 400 },
      { status: 429, responseHeaders: { 'x-should-retry': 'false' } },
      { status: 200, body: { error: { type: 'x' } } },
      { status: 200, body: '', outcome: 'error', error: refused },
    ] as const) {
      const { calls } = await countOutcomes(attempt(0, last), attempt(1, { status: 200, body: completion }))
      assert.equal(calls.length, 2, JSON.stringify(last))
    }
    const retried = attempt(0, { status: 400, responseHeaders: { 'x-should-retry': 'true' } })
    const { calls } = await countOutcomes(retried, attempt(1, { status: 200, body: completion }))
    assert.deepEqual(calls, [['', 'reported', 1]])
  })

  it('counts a failed attempt if no further one comes in time, and not again if one comes late', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const counted: string[] = []
    const { start } = createRetries(({ errorType }) => counted.push(errorType))
    const failed = { ...RECORD, errorType: '429' }
    const at = (startMs: number) => ({ model: 'm', bodyBytes: 5, startMs })
    start(headers(0)).end(failed, at(1000), undefined)
    t.mock.timers.tick(6999)
    assert.deepEqual(counted, [])
    t.mock.timers.tick(1)
    assert.deepEqual(counted, ['429'])
    start(headers(1)).end(failed, at(60_000), undefined)
    start(headers(2)).end(RECORD, at(62_000), undefined)
    t.mock.timers.tick(1_000_000)
    assert.deepEqual(counted, ['429'])
    start(headers(2)).end(RECORD, at(63_000), undefined)
    assert.deepEqual(counted, ['429', ''])
  })

  it('holds a bounded number of attempts, and none after a flush', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let counted = 0
    const { start, flush } = createRetries(() => counted++)
    for (let i = 0; i < 3000; i++) {
      const request = { model: 'm', bodyBytes: 1, startMs: i }
      start(headers(0, `${i}`)).end({ ...RECORD, errorType: '500' }, request, undefined)
    }
    assert.equal(counted, 2000)
    flush()
    t.mock.timers.tick(100_000)
    assert.equal(counted, 3000)
  })

  it("joins the AWS SDK's attempts by its id, up to the last one that its headers announce", async () => {
    const aws = (attempt: number, id: string, script: Partial<Script>) =>
      call({ headers: { 'amz-sdk-invocation-id': id, 'amz-sdk-request': `attempt=${attempt}; max=3` }, ...script })
    const succeeded = { status: 200, body: completion }
    const joined = await countOutcomes(
      aws(1, 'a', { status: 503 }),
      aws(2, 'a', { status: 429 }),
      aws(3, 'a', succeeded),
    )
    assert.deepEqual(joined, { calls: [['', 'reported', 1]], seconds: [3] })
    const separate = await countOutcomes(aws(1, 'a', { status: 503 }), aws(2, 'b', succeeded))
    assert.equal(separate.calls.length, 2)
    const last = await countOutcomes(aws(3, 'a', { status: 503 }), aws(4, 'a', succeeded))
    assert.equal(last.calls.length, 2)
  })
})
