import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ClientMessage, McpResponse } from './json-rpc.ts'
import { type OutcomeListener, PendingRequests } from './pending-requests.ts'

const request = (method: string, id: unknown): ClientMessage => ({
  method,
  id,
  name: '',
  cancels: undefined,
  version: undefined,
  startMs: 0,
})
const response = (id: unknown, isError = false): McpResponse => ({
  id,
  isError,
  errorCode: undefined,
  isToolError: false,
  serverName: undefined,
  isNamedInMeta: false,
  isInitializeResult: false,
  listedNames: [],
  endMs: 0,
})

function setUp(messages: readonly ClientMessage[], max?: number) {
  const outcomes: string[] = []
  const listener: OutcomeListener = { onOutcome: ({ method }, status) => outcomes.push(`${method} ${status}`) }
  const requests = new PendingRequests(listener, max)
  for (const one of messages) requests.add(one)
  return { requests, outcomes }
}

describe('PendingRequests', () => {
  it('reports each request once, when its response comes', () => {
    const { requests, outcomes } = setUp([request('a', 1), request('b', '1'), request('c', 2)])
    assert.equal(requests.resolve(response('1', true)), true)
    assert.deepEqual(outcomes, ['b error'])
    assert.equal(requests.resolve(response(1)), true)
    assert.equal(requests.resolve(response(1, true)), false)
    assert.equal(requests.resolve(response(3)), false)
    assert.equal(requests.size, 1)
    requests.end('none')
    requests.end('error')
    assert.deepEqual(outcomes, ['b error', 'a ok', 'c none'])
  })

  it('takes an error without an id as the response to the only request, and to none of several', () => {
    const { requests, outcomes } = setUp([request('a', 1), request('b', 2)])
    requests.resolve(response(null, true))
    requests.resolve(response(1))
    requests.resolve(response(null))
    requests.resolve(response(null, true))
    requests.end('none')
    assert.deepEqual(outcomes, ['a ok', 'b error'])
  })

  it('reports each of several requests with indistinguishable ids once, without a response', () => {
    const messages = [request('a', 1), request('b', 1), request('c', null), request('d', {}), request('e', true)]
    const { requests, outcomes } = setUp(messages)
    for (const id of [1, 1, {}, true]) requests.resolve(response(id))
    requests.end('none')
    assert.deepEqual(outcomes.sort(), ['a ok', 'b none', 'c none', 'd none', 'e none'])
  })

  it('reports a request that the client cancels as having no response, whatever comes later', () => {
    const { requests, outcomes } = setUp([request('a', 1), request('b', 2)])
    for (const id of [1, 1, 3, undefined, null, {}]) requests.cancel(id)
    requests.resolve(response(1))
    assert.deepEqual(outcomes, ['a none'])
  })

  it('reports the request that has waited longest when too many wait', () => {
    const { requests, outcomes } = setUp([request('a', 1), request('b', 2), request('c', 3)], 2)
    assert.deepEqual(outcomes, ['a none'])
    assert.equal(requests.size, 2)
  })

  it('reports nothing about requests that it has forgotten', () => {
    const { requests, outcomes } = setUp([request('a', 1)])
    requests.clear()
    requests.end('none')
    assert.deepEqual(outcomes, [])
  })
})
