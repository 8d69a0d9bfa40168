import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Call, readMessages, serverNameIn } from './json-rpc.ts'

const NONE = { calls: [], answers: [] }
const NOTHING_SAID = { serverName: undefined, isNamedInMeta: false, isInitialized: false, names: [] }
const read = (value: unknown) => readMessages(JSON.stringify(value))

describe('readMessages', () => {
  it('tells requests, notifications and answers apart', () => {
    const { calls, answers } = read([
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add' } },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: '1', result: {} },
    ])
    assert.deepEqual(calls, [
      { id: 1, method: 'tools/call', name: 'add', cancels: undefined, version: undefined },
      { id: undefined, method: 'notifications/initialized', name: '', cancels: undefined, version: undefined },
    ])
    assert.deepEqual(answers, [{ ...NOTHING_SAID, id: '1', isError: false }])
  })

  it('reads what an answer says', () => {
    const answer = (rest: object) => read({ jsonrpc: '2.0', id: 1, ...rest }).answers[0]
    assert.equal(answer({ error: { code: -32603, message: 'no' } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: true } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: false } })?.isError, false)
    assert.equal(answer({ result: null })?.isError, true)
    assert.equal(answer({ result: { serverInfo: { name: 'weather' } } })?.serverName, 'weather')
    assert.equal(answer({ result: { serverInfo: { name: 7 } } })?.serverName, undefined)
    assert.deepEqual(read({ jsonrpc: '2.0', error: {} }).answers, [{ ...NOTHING_SAID, id: null, isError: true }])
  })

  it('reads what an answer of 2026-07-28 says of the server', () => {
    const meta = (value: unknown) => ({ 'io.modelcontextprotocol/serverInfo': value })
    const nameIn = (_meta: unknown) => read({ jsonrpc: '2.0', id: 1, result: { _meta } }).answers[0]?.serverName
    assert.equal(nameIn(meta({ name: 'weather' })), 'weather')
    for (const _meta of [undefined, null, 7, [], {}, meta(null), meta('x'), meta({ name: 7 })]) {
      assert.equal(nameIn(_meta), undefined)
    }
  })

  it('reads the names in a list, and nothing else in it', () => {
    const namesIn = (result: object) => read({ jsonrpc: '2.0', id: 1, result }).answers[0]?.names
    assert.deepEqual(namesIn({ tools: [{ name: 'a' }, { name: 7 }, null, 'x', { name: 'b' }] }), ['a', 'b'])
    assert.deepEqual(namesIn({ prompts: [{ name: 'c' }] }), ['c'])
    for (const tools of [undefined, null, {}, 'x', 1]) assert.deepEqual(namesIn({ tools }), [])
  })

  it('takes the acknowledgement of a subscription for its answer', () => {
    const acknowledged = (params: unknown) =>
      read({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params }).answers[0]
    const params = { _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } }
    assert.deepEqual([acknowledged(params)?.id, acknowledged(params)?.isError], [7, false])
    assert.equal(acknowledged(undefined)?.id, undefined)
  })

  it('reads which request a client cancels', () => {
    const cancelled = (method: string) => read({ jsonrpc: '2.0', method, params: { requestId: 7 } }).calls[0]?.cancels
    assert.equal(cancelled('notifications/cancelled'), 7)
    assert.equal(cancelled('notifications/progress'), undefined)
  })

  it('has no name where the parameters have none', () => {
    for (const params of [undefined, null, 'x', [], { name: 7 }, { name: null }]) {
      assert.equal(read({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }).calls[0]?.name, '')
    }
  })

  it('finds nothing in what is not JSON-RPC 2.0', () => {
    const texts = [
      '',
      '{',
      'null',
      '1',
      '"x"',
      '[]',
      '[1, null, []]',
      '{"method":"ping","id":1}',
      '\u0000',
      '['.repeat(1e5),
    ]
    for (const text of texts) assert.deepEqual(readMessages(text), NONE, text.slice(0, 20))
    for (const message of [
      { jsonrpc: '1.0', method: 'ping' },
      { jsonrpc: 2, method: 'ping' },
    ]) {
      assert.deepEqual(read(message), NONE)
    }
    assert.deepEqual(read({ jsonrpc: '2.0', id: 1 }), NONE)
    assert.deepEqual(read({ jsonrpc: '2.0', id: 1, method: 7 }), NONE)
  })
})

describe('serverNameIn', () => {
  const call = (method: string) => read({ jsonrpc: '2.0', id: 1, method }).calls[0] as Call
  const answer = (result: object) => read({ jsonrpc: '2.0', id: 1, result }).answers[0]

  it('takes a name from what a server says of itself, and from nothing that a tool says', () => {
    const serverInfo = { name: 'weather' }
    const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo }
    assert.equal(serverNameIn(call('initialize'), answer({ serverInfo })), 'weather')
    assert.equal(serverNameIn(call('server/discover'), answer({ serverInfo })), 'weather')
    assert.equal(serverNameIn(call('tools/call'), answer({ serverInfo })), undefined)
    assert.equal(serverNameIn(call('tools/call'), answer({ _meta })), 'weather')
    assert.equal(serverNameIn(call('tools/call'), answer({ serverInfo: { name: 'other' }, _meta })), 'weather')
    assert.equal(serverNameIn(call('initialize'), undefined), undefined)
  })
})
