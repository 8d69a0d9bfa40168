import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ClientMessage, readMessages, serverNameIn } from './json-rpc.ts'

const NONE = { clientMessages: [], responses: [] }
const EMPTY = {
  errorCode: undefined,
  isToolError: false,
  serverName: undefined,
  isNamedInMeta: false,
  isInitializeResult: false,
  listedNames: [],
  endMs: 5,
}
const read = (value: unknown) => readMessages(JSON.stringify(value), 5)

describe('readMessages', () => {
  it('distinguishes requests, notifications and responses', () => {
    const { clientMessages, responses } = read([
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add' } },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: '1', result: {} },
    ])
    assert.deepEqual(clientMessages, [
      { id: 1, method: 'tools/call', name: 'add', cancels: undefined, version: undefined, startMs: 5 },
      {
        id: undefined,
        method: 'notifications/initialized',
        name: '',
        cancels: undefined,
        version: undefined,
        startMs: 5,
      },
    ])
    assert.deepEqual(responses, [{ ...EMPTY, id: '1', isError: false }])
  })

  it('reads the outcome and the server’s name from a response', () => {
    const response = (rest: object) => read({ jsonrpc: '2.0', id: 1, ...rest }).responses[0]
    assert.equal(response({ error: { code: -32603, message: 'no' } })?.isError, true)
    assert.equal(response({ error: { code: -32603, message: 'no' } })?.errorCode, -32603)
    for (const code of [undefined, null, '-32603', 1.5]) {
      assert.equal(response({ error: { code, message: 'no' } })?.errorCode, undefined)
    }
    assert.equal(response({ result: { content: [], isError: true } })?.isToolError, true)
    assert.equal(response({ result: { content: [], isError: true } })?.isError, true)
    assert.equal(response({ result: { content: [], isError: false } })?.isError, false)
    assert.equal(response({ result: null })?.isError, true)
    assert.equal(response({ result: { serverInfo: { name: 'weather' } } })?.serverName, 'weather')
    assert.equal(response({ result: { serverInfo: { name: 7 } } })?.serverName, undefined)
    assert.deepEqual(read({ jsonrpc: '2.0', error: {} }).responses, [{ ...EMPTY, id: null, isError: true }])
  })

  it('reads the server’s name from the _meta of a response of 2026-07-28', () => {
    const meta = (value: unknown) => ({ 'io.modelcontextprotocol/serverInfo': value })
    const nameIn = (_meta: unknown) => read({ jsonrpc: '2.0', id: 1, result: { _meta } }).responses[0]?.serverName
    assert.equal(nameIn(meta({ name: 'weather' })), 'weather')
    for (const _meta of [undefined, null, 7, [], {}, meta(null), meta('x'), meta({ name: 7 })]) {
      assert.equal(nameIn(_meta), undefined)
    }
  })

  it('reads the names in a list, and nothing else in it', () => {
    const namesIn = (result: object) => read({ jsonrpc: '2.0', id: 1, result }).responses[0]?.listedNames
    assert.deepEqual(namesIn({ tools: [{ name: 'a' }, { name: 7 }, null, 'x', { name: 'b' }] }), ['a', 'b'])
    assert.deepEqual(namesIn({ prompts: [{ name: 'c' }] }), ['c'])
    for (const tools of [undefined, null, {}, 'x', 1]) assert.deepEqual(namesIn({ tools }), [])
  })

  it('reads the acknowledgement of a subscription as its response', () => {
    const acknowledged = (params: unknown) =>
      read({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params }).responses[0]
    const params = { _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } }
    assert.deepEqual([acknowledged(params)?.id, acknowledged(params)?.isError], [7, false])
    assert.equal(acknowledged(undefined)?.id, undefined)
  })

  it('reads which request a client cancels', () => {
    const cancelled = (method: string) =>
      read({ jsonrpc: '2.0', method, params: { requestId: 7 } }).clientMessages[0]?.cancels
    assert.equal(cancelled('notifications/cancelled'), 7)
    assert.equal(cancelled('notifications/progress'), undefined)
  })

  it('has no name if the parameters have none', () => {
    for (const params of [undefined, null, 'x', [], { name: 7 }, { name: null }]) {
      assert.equal(read({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }).clientMessages[0]?.name, '')
    }
  })

  it('finds no messages in a text that is not JSON-RPC 2.0', () => {
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
    for (const text of texts) assert.deepEqual(readMessages(text, 5), NONE, text.slice(0, 20))
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
  const message = (method: string) => read({ jsonrpc: '2.0', id: 1, method }).clientMessages[0] as ClientMessage
  const response = (result: object) => read({ jsonrpc: '2.0', id: 1, result }).responses[0]

  it('takes the server’s name from where the specification puts it, and never from a tool’s result', () => {
    const serverInfo = { name: 'weather' }
    const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo }
    assert.equal(serverNameIn(message('initialize'), response({ serverInfo })), 'weather')
    assert.equal(serverNameIn(message('server/discover'), response({ serverInfo })), 'weather')
    assert.equal(serverNameIn(message('tools/call'), response({ serverInfo })), undefined)
    assert.equal(serverNameIn(message('tools/call'), response({ _meta })), 'weather')
    assert.equal(serverNameIn(message('tools/call'), response({ serverInfo: { name: 'other' }, _meta })), 'weather')
    assert.equal(serverNameIn(message('initialize'), undefined), undefined)
  })
})
