import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { beginsConversation, readMessages } from './json-rpc.ts'

const NONE = { calls: [], answers: [] }
const read = (value: unknown) => readMessages(JSON.stringify(value))

describe('readMessages', () => {
  it('tells requests, notifications and answers apart', () => {
    const { calls, answers } = read([
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add' } },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: '1', result: {} },
    ])
    assert.deepEqual(calls, [
      { id: 1, method: 'tools/call', name: 'add', cancels: undefined },
      { id: undefined, method: 'notifications/initialized', name: '', cancels: undefined },
    ])
    assert.deepEqual(answers, [{ id: '1', isError: false, serverName: undefined, names: [] }])
  })

  it('reads what an answer says', () => {
    const answer = (rest: object) => read({ jsonrpc: '2.0', id: 1, ...rest }).answers[0]
    assert.equal(answer({ error: { code: -32603, message: 'no' } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: true } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: false } })?.isError, false)
    assert.equal(answer({ result: null })?.isError, true)
    assert.equal(answer({ result: { serverInfo: { name: 'weather' } } })?.serverName, 'weather')
    assert.equal(answer({ result: { serverInfo: { name: 7 } } })?.serverName, undefined)
    assert.deepEqual(read({ jsonrpc: '2.0', error: {} }).answers, [
      { id: null, isError: true, serverName: undefined, names: [] },
    ])
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

describe('beginsConversation', () => {
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }

  it('knows the lines that an MCP client begins with', () => {
    for (const line of [
      '{"jsonrpc":"2.0","id":0,"method":"initialize"}\r',
      '{"method":"server/discover","jsonrpc":"2.0","id":"x"}',
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } }),
    ]) {
      assert.ok(beginsConversation(line), line)
    }
  })

  it('knows no others', () => {
    for (const line of [
      '',
      'GET / HTTP/1.1',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
      '{"jsonrpc":"2.0","id":1,"method":"textDocument/didOpen","params":{"_meta":{}}}',
      '{"id":0,"method":"initialize"}',
      '{"jsonrpc":"2.0","id":0,"result":{}}',
      'null',
      '['.repeat(60_000),
    ]) {
      assert.equal(beginsConversation(line), false, line.slice(0, 80))
    }
  })
})
