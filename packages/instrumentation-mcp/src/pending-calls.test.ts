import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer, Call } from './json-rpc.ts'
import { createPendingCalls } from './pending-calls.ts'

const call = (method: string, id: unknown): Call => ({ method, id, name: '', cancels: undefined, version: undefined })
const answer = (id: unknown, isError = false): Answer => ({
  id,
  isError,
  serverName: undefined,
  isNamedInMeta: false,
  isInitialized: false,
  names: [],
})

function pending(calls: readonly Call[], max?: number) {
  const told: string[] = []
  const pendingCalls = createPendingCalls(({ method }, status) => told.push(`${method} ${status}`), max)
  for (const call of calls) pendingCalls.add(call)
  return { pendingCalls, told }
}

describe('createPendingCalls', () => {
  it('tells each request once, when its answer comes', () => {
    const { pendingCalls, told } = pending([call('a', 1), call('b', '1'), call('c', 2)])
    assert.equal(pendingCalls.answer(answer('1', true)), true)
    assert.deepEqual(told, ['b error'])
    assert.equal(pendingCalls.answer(answer(1)), true)
    assert.equal(pendingCalls.answer(answer(1, true)), false)
    assert.equal(pendingCalls.answer(answer(3)), false)
    assert.equal(pendingCalls.size, 1)
    pendingCalls.end('none')
    pendingCalls.end('error')
    assert.deepEqual(told, ['b error', 'a ok', 'c none'])
  })

  it('gives an error without an id to the only request, and to none of several', () => {
    const { pendingCalls, told } = pending([call('a', 1), call('b', 2)])
    pendingCalls.answer(answer(null, true))
    pendingCalls.answer(answer(1))
    pendingCalls.answer(answer(null))
    pendingCalls.answer(answer(null, true))
    pendingCalls.end('none')
    assert.deepEqual(told, ['a ok', 'b error'])
  })

  it('counts requests whose ids cannot be told apart, each once and without an answer', () => {
    const calls = [call('a', 1), call('b', 1), call('c', null), call('d', {}), call('e', true)]
    const { pendingCalls, told } = pending(calls)
    for (const id of [1, 1, {}, true]) pendingCalls.answer(answer(id))
    pendingCalls.end('none')
    assert.deepEqual(told.sort(), ['a ok', 'b none', 'c none', 'd none', 'e none'])
  })

  it('tells one that the client cancels as one without an answer, whatever comes later', () => {
    const { pendingCalls, told } = pending([call('a', 1), call('b', 2)])
    for (const id of [1, 1, 3, undefined, null, {}]) pendingCalls.cancel(id)
    pendingCalls.answer(answer(1))
    assert.deepEqual(told, ['a none'])
  })

  it('tells the one that has waited longest when too many wait', () => {
    const { pendingCalls, told } = pending([call('a', 1), call('b', 2), call('c', 3)], 2)
    assert.deepEqual(told, ['a none'])
    assert.equal(pendingCalls.size, 2)
  })

  it('tells nothing of those that it drops', () => {
    const { pendingCalls, told } = pending([call('a', 1)])
    pendingCalls.drop()
    pendingCalls.end('none')
    assert.deepEqual(told, [])
  })
})
