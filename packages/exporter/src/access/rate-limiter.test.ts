import assert from 'node:assert/strict'
import { it } from 'node:test'
import { RateLimiter } from './rate-limiter.ts'

it('a rate limiter lets a burst in, then one request for each interval, and saves up no more than a burst', () => {
  const limiter = new RateLimiter({ intervalMs: 1000, burst: 3 }, 0)
  const allowed = (...timesMs: number[]) => timesMs.map((timeMs) => limiter.allow(timeMs))
  assert.deepEqual(allowed(0, 0, 0, 0), [true, true, true, false])
  assert.deepEqual(allowed(999, 1000, 1000, 2500), [false, true, false, true])
  assert.deepEqual(allowed(1e9, 1e9, 1e9, 1e9), [true, true, true, false])
})
