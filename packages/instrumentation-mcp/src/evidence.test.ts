import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evidenceIn } from './evidence.ts'
import { readMessages } from './json-rpc.ts'

const evidenceOf = (...messages: object[]) =>
  evidenceIn(readMessages(JSON.stringify(messages.map((message) => ({ jsonrpc: '2.0', id: 1, ...message })))).calls)

describe('evidenceIn', () => {
  const initialize = (params?: object) => evidenceOf({ method: 'initialize', params })

  it('knows MCP by the version of its initialize, which is a string', () => {
    assert.equal(initialize({ protocolVersion: '2025-06-18', clientInfo: { name: 'x' } }), 'mcp')
    assert.equal(initialize({ protocolVersion: 1, clientCapabilities: {} }), 'other', 'ACP')
    assert.equal(initialize({ processId: 1, rootUri: null, capabilities: {} }), 'other', 'LSP')
    assert.equal(initialize({ clientInfo: { name: 'x', version: '1' } }), 'other', 'the app server of Codex')
    assert.equal(initialize(), 'other')
  })

  it('knows MCP of 2026-07-28 by the version in any message, and by the method that only it has', () => {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
    assert.equal(evidenceOf({ method: 'tools/call', params: { _meta } }), 'mcp')
    assert.equal(evidenceOf({ method: 'x/y', params: { _meta } }), 'mcp')
    assert.equal(evidenceOf({ method: 'server/discover' }), 'mcp')
  })

  it('leaves open what MCP has in common with others', () => {
    assert.equal(evidenceOf({ method: 'tools/call' }), 'open')
    assert.equal(evidenceOf({ method: 'ping' }), 'open')
    assert.equal(evidenceOf({ method: 'notifications/initialized' }), 'open')
  })

  it('takes methods of A2A, and of JSON-RPC in general, for no sign of MCP', () => {
    for (const method of [
      'tasks/get',
      'tasks/cancel',
      'message/send',
      'message/stream',
      'GetTask',
      'eth_call',
      'getHealth',
    ])
      assert.equal(evidenceOf({ method }), 'other', method)
    assert.equal(evidenceIn([]), 'other')
  })

  it('takes a batch for what its clearest message is', () => {
    assert.equal(evidenceOf({ method: 'x' }, { method: 'ping' }), 'open')
    assert.equal(evidenceOf({ method: 'ping' }, { method: 'server/discover' }, { method: 'x' }), 'mcp')
  })
})
