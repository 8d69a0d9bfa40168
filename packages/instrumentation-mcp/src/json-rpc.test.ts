import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMessages } from './json-rpc.ts'

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
      { id: 1, method: 'tools/call', name: 'add' },
      { id: undefined, method: 'notifications/initialized', name: '' },
    ])
    assert.deepEqual(answers, [{ id: '1', isError: false, serverName: undefined }])
  })

  it('reads what an answer says', () => {
    const answer = (rest: object) => read({ jsonrpc: '2.0', id: 1, ...rest }).answers[0]
    assert.equal(answer({ error: { code: -32603, message: 'no' } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: true } })?.isError, true)
    assert.equal(answer({ result: { content: [], isError: false } })?.isError, false)
    assert.equal(answer({ result: null })?.isError, true)
    assert.equal(answer({ result: { serverInfo: { name: 'weather' } } })?.serverName, 'weather')
    assert.equal(answer({ result: { serverInfo: { name: 7 } } })?.serverName, undefined)
    assert.deepEqual(read({ jsonrpc: '2.0', error: {} }).answers, [{ id: null, isError: true, serverName: undefined }])
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
