import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSessions, type Session, type SessionsOptions } from './sessions.ts'

const IDLE_MS = 1000

function setUp(options: Partial<SessionsOptions> = {}) {
  const clock = { ms: 0 }
  const sessions = createSessions({ idleMs: IDLE_MS, now: () => clock.ms, ...options })
  /** Plays an exchange of a known session, from its head to its end. */
  const use = (key: string, wasUsed = true) => {
    const session = sessions.enter(key) as Session
    if (wasUsed) sessions.revive(session)
    sessions.leave(session, wasUsed)
  }
  /** The server gives a client this session, at the moment at which the client asks for it. */
  const begin = (key: string, server?: string) => sessions.begin(key, server, sessions.deletions)
  return { ...sessions, begin, clock, use, deletions: () => sessions.deletions, beginLate: sessions.begin }
}

describe('createSessions', () => {
  it('reports how long each session was open: to its deletion, to the end of its idle time, and again when revived', () => {
    const durations: number[] = []
    const { begin, clock, use, count, delete: remove } = setUp({ onSessionEnd: (ms) => durations.push(ms) })
    begin('deleted')
    begin('idle')
    clock.ms = 400
    use('idle')
    remove('deleted')
    remove('deleted')
    assert.deepEqual(durations, [400])
    // The idle session is noticed only here, long after its idle time.
    clock.ms = 400 + 5 * IDLE_MS
    assert.equal(count(), 0)
    assert.deepEqual(durations, [400, 400 + IDLE_MS])
    use('idle')
    clock.ms += 100
    remove('idle')
    assert.deepEqual(durations, [400, 400 + IDLE_MS, 100])
  })

  it('reports no count before the first session, and 0 after the last', () => {
    const { begin, end, enter, count } = setUp()
    assert.equal(count(), undefined)
    assert.equal(enter('a'), undefined)
    assert.equal(count(), undefined)
    begin('a', 'weather')
    begin('b', undefined)
    begin('a', undefined)
    assert.equal(count(), 2)
    assert.equal(enter('a')?.server, 'weather')
    end(enter('a') as Session)
    end(enter('a') as Session)
    end(enter('b') as Session)
    assert.equal(count(), 0)
  })

  it('ends a session after the idle time', () => {
    const { begin, count, clock, use } = setUp()
    begin('a', undefined)
    clock.ms = 500
    begin('b', undefined)
    clock.ms = 900
    use('a')
    clock.ms = 1499
    assert.equal(count(), 2)
    clock.ms = 1500
    assert.equal(count(), 1)
    clock.ms = 1900
    assert.equal(count(), 0)
  })

  it('keeps a session that has something in flight', () => {
    const { begin, enter, leave, count, clock, use } = setUp()
    begin('a', undefined)
    const stream = enter('a') as Session
    clock.ms = 10 * IDLE_MS
    assert.equal(count(), 1)
    use('a')
    clock.ms = 20 * IDLE_MS
    assert.equal(count(), 1)
    leave(stream, true)
    assert.equal(count(), 1)
    clock.ms = 21 * IDLE_MS
    assert.equal(count(), 0)
  })

  it('does not keep a session open for exchanges that the server refuses', () => {
    const { begin, count, clock, use } = setUp()
    begin('a', undefined)
    for (const ms of [100, 500, 999]) {
      clock.ms = ms
      use('a', false)
    }
    assert.equal(count(), 1)
    clock.ms = IDLE_MS
    use('a', false)
    assert.equal(count(), 0)
    use('a', false)
    assert.equal(count(), 0)
  })

  it('counts a session again, with its server’s name, that is served after it counted as ended', () => {
    const { begin, count, clock, enter, end, use } = setUp()
    begin('a', 'weather')
    clock.ms = IDLE_MS
    assert.equal(count(), 0)
    use('a')
    assert.equal(count(), 1)
    assert.equal(enter('a')?.server, 'weather')
    end(enter('a') as Session)
    assert.equal(count(), 0)
    use('a')
    assert.equal(count(), 1)
  })

  it('ends the session that has been idle longest when there are too many', () => {
    const { begin, count, enter, clock } = setUp({ maxOpen: 2 })
    begin('a', undefined)
    begin('b', undefined)
    const a = enter('a') as Session
    begin('c', undefined)
    assert.equal(count(), 2)
    assert.ok(a.isOpen)
    assert.equal(enter('b')?.isOpen, false)
    enter('c')
    begin('d', undefined)
    assert.equal(count(), 2, 'nothing idle: the new one is not counted')
    assert.equal(enter('d'), undefined)
    clock.ms = IDLE_MS
    assert.equal(count(), 2)
  })

  it('forgets the sessions that ended first when too many have ended', () => {
    const { begin, enter, end, count, clock } = setUp({ maxEnded: 2 })
    for (const key of ['a', 'b', 'c']) {
      begin(key, undefined)
      clock.ms += IDLE_MS
      assert.equal(count(), 0)
    }
    assert.equal(enter('a'), undefined)
    const b = enter('b') as Session
    assert.ok(b)
    begin('d', undefined)
    end(enter('d') as Session)
    assert.equal(enter('b'), undefined)
  })

  it('ends a deleted session for good, whatever was in flight', () => {
    const { begin, count, enter, leave, revive, use, ...sessions } = setUp()
    begin('a', 'weather')
    const stream = enter('a') as Session
    sessions.delete('a')
    assert.equal(count(), 0)
    revive(stream)
    leave(stream, true)
    use('a')
    sessions.end(stream)
    use('a')
    assert.equal(count(), 0)
    begin('a', undefined)
    assert.equal(count(), 1, 'the server gives the same session to another client')
    use('a')
    sessions.end(enter('a') as Session)
    use('a')
    assert.equal(count(), 1, 'it was not deleted this time')
  })

  it('begins no session that was deleted before the server’s response came', () => {
    const { count, deletions, beginLate, begin, enter, ...sessions } = setUp({ maxEnded: 2 })
    const before = deletions()
    sessions.delete('a')
    beginLate('a', undefined, before)
    assert.equal(count(), undefined)
    for (const key of ['b', 'c']) sessions.delete(key)
    assert.equal(enter('a'), undefined, 'no more than so many are remembered')
    begin('b', undefined)
    assert.equal(count(), 1)
  })

  it('takes the same time for each session however many there are', () => {
    const { begin, count, use } = setUp()
    for (let i = 0; i < 100_000; i++) begin(`s${i}`, undefined)
    for (let i = 0; i < 100_000; i++) use(`s${i % 1000}`)
    for (let i = 0; i < 10_000; i++) begin(`t${i}`, undefined)
    assert.equal(count(), 100_000)
  })
})
