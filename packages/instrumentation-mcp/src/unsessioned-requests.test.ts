import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PendingRequests } from './pending-requests.ts'
import { createUnsessionedRequests } from './unsessioned-requests.ts'

function setUp(maxEnded?: number) {
  const clock = { ms: 0 }
  const unsessioned = createUnsessionedRequests({ now: () => clock.ms, ...(maxEnded && { maxEnded }) })
  const cancelled: string[] = []
  /** Begins a request with the id 1, whose client and endpoint have this key. */
  function begin(name: string, key: string): void {
    const requests = new PendingRequests({ onOutcome: () => cancelled.push(name) })
    requests.add({ method: 'ping', name: '', id: 1, cancels: undefined, version: undefined, startMs: 0 })
    unsessioned.begin(key, requests)
  }
  return { ...unsessioned, begin, clock, cancelled }
}

describe('createUnsessionedRequests', () => {
  it('cancels the only request of a client that has this id', () => {
    const { begin, cancel, cancelled } = setUp()
    begin('a', 'x')
    begin('b', 'y')
    cancel('x', 1)
    cancel('x', 1)
    cancel('z', 1)
    assert.deepEqual(cancelled, ['a'])
  })

  it('cancels none of two requests in flight that have the same key', () => {
    const { begin, cancel, cancelled, clock, end } = setUp()
    begin('a', 'x')
    begin('b', 'x')
    cancel('x', 1)
    end('x')
    cancel('x', 1)
    clock.ms = 60_000
    end('x')
    cancel('x', 1)
    assert.deepEqual(cancelled, [])
  })

  it('cancels no request while the client may mean another one that has just ended', () => {
    const { begin, cancel, cancelled, clock, end } = setUp()
    begin('a', 'x')
    end('x')
    begin('b', 'x')
    clock.ms = 59_999
    cancel('x', 1)
    assert.deepEqual(cancelled, [])
    clock.ms = 60_000
    cancel('x', 1)
    assert.deepEqual(cancelled, ['b'])
  })

  it('forgets the oldest request that has ended beyond its limit', () => {
    const { begin, cancel, cancelled, end } = setUp(1)
    for (const key of ['x', 'y']) {
      begin(`${key} first`, key)
      end(key)
      begin(key, key)
    }
    cancel('x', 1)
    cancel('y', 1)
    assert.deepEqual(cancelled, ['x'])
  })
})
