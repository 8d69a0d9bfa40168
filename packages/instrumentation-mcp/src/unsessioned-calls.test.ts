import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createPendingCalls } from './pending-calls.ts'
import { createUnsessionedCalls } from './unsessioned-calls.ts'

function setUp(maxEnded?: number) {
  const clock = { ms: 0 }
  const calls = createUnsessionedCalls({ now: () => clock.ms, ...(maxEnded && { maxEnded }) })
  const cancelled: string[] = []
  /** A request under way with the id 1, of a client and an endpoint that have this key. */
  function begin(name: string, key: string): void {
    const requests = createPendingCalls(() => cancelled.push(name))
    requests.add({ method: 'ping', name: '', id: 1, cancels: undefined, version: undefined })
    calls.begin(key, requests)
  }
  return { ...calls, begin, clock, cancelled }
}

describe('createUnsessionedCalls', () => {
  it('cancels the only request of a client that has this id', () => {
    const { begin, cancel, cancelled } = setUp()
    begin('a', 'x')
    begin('b', 'y')
    cancel('x', 1)
    cancel('x', 1)
    cancel('z', 1)
    assert.deepEqual(cancelled, ['a'])
  })

  it('cancels none where two requests under way cannot be told apart', () => {
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

  it('cancels none where the one that is meant may be another, which has just ended', () => {
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

  it('remembers no more that ended than so many', () => {
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
