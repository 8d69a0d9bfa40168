import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { delayAfter, explain, ResponseError, retryDelay } from './polling.ts'

describe('the time until the page fetches again', () => {
  it('is five seconds, or ten times as long as the last fetch took', () => {
    assert.deepEqual([0, 499, 500, 1200].map(delayAfter), [5000, 5000, 5000, 12_000])
  })

  it('grows with each failure, up to a minute', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 100].map((failures) => retryDelay(failures)),
      [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000],
    )
  })

  it('is what the endpoint asks for, if that is longer', () => {
    assert.deepEqual([retryDelay(1, 30), retryDelay(6, 1)], [30_000, 60_000])
  })
})

describe('the explanation of a failure', () => {
  it('says what a status means, and that the app may have ended where there is no response', () => {
    const of = (status: number, headers = {}) => new ResponseError(new Response('', { status, headers }))
    assert.match(explain(of(503)), /more scrapes at once than it takes \(503\)/)
    assert.match(explain(of(401)), /password or a token/)
    assert.match(explain(of(418)), /418/)
    assert.match(explain(new TypeError('Failed to fetch')), /may have ended/)
    assert.equal(of(503, { 'retry-after': '7' }).retryAfterSeconds, 7)
    assert.equal(of(503, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }).retryAfterSeconds, 0)
  })
})
