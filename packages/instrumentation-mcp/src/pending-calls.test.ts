import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer, Call } from './json-rpc.ts'
import { createPendingCalls } from './pending-calls.ts'

const call = (method: string, id?: unknown): Call => ({ method, id, name: '' })
const answer = (id: unknown, isError = false): Answer => ({ id, isError, serverName: undefined })

function pending(...calls: Call[]) {
  const told: string[] = []
  const pendingCalls = createPendingCalls(({ method }, status) => told.push(`${method} ${status}`))
  pendingCalls.add(calls)
  return { ...pendingCalls, told }
}

describe('createPendingCalls', () => {
  it('tells each request once, when its answer comes', () => {
    const { answer: answered, end, told } = pending(call('a', 1), call('b', '1'), call('c', 2))
    answered(answer('1', true))
    assert.deepEqual(told, ['b error'])
    answered(answer(1))
    answered(answer(1, true))
    answered(answer(3))
    end('none')
    end('error')
    assert.deepEqual(told, ['b error', 'a ok', 'c none'])
  })

  it('tells a notification at the end, as one that gets no answer', () => {
    const { answer: answered, end, told } = pending(call('n'), call('a', 1))
    answered(answer(null, true))
    assert.deepEqual(told, ['a error'])
    end('error')
    assert.deepEqual(told, ['a error', 'n none'])
  })

  it('gives an error without an id to the only request, and to none of several', () => {
    const { answer: answered, end, told } = pending(call('a', 1), call('b', 2))
    answered(answer(null, true))
    answered(answer(1))
    answered(answer(null))
    answered(answer(null, true))
    end('none')
    assert.deepEqual(told, ['a ok', 'b error'])
  })

  it('counts requests whose ids cannot be told apart, each once and without an answer', () => {
    const {
      answer: answered,
      end,
      told,
    } = pending(call('a', 1), call('b', 1), call('c', null), call('d', {}), call('e', true))
    answered(answer(1))
    answered(answer(1))
    answered(answer({}))
    answered(answer(true))
    end('none')
    assert.deepEqual(told.sort(), ['a ok', 'b none', 'c none', 'd none', 'e none'])
  })
})
