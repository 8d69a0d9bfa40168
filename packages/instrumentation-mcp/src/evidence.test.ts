import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { boundOf } from '@agentgateway-otel/metrics'
import { evidenceIn } from './evidence.ts'
import { readMessages } from './json-rpc.ts'

const evidenceOf = (...messages: object[]) =>
  evidenceIn(
    readMessages(JSON.stringify(messages.map((message) => ({ jsonrpc: '2.0', id: 1, ...message }))), 0).clientMessages,
  )

describe('evidenceIn', () => {
  const initialize = (params?: object) => evidenceOf({ method: 'initialize', params })

  it('recognises MCP by the version in initialize, which is a string', () => {
    assert.equal(initialize({ protocolVersion: '2025-06-18', clientInfo: { name: 'x' } }), 'mcp')
    assert.equal(initialize({ protocolVersion: 1, clientCapabilities: {} }), 'other', 'ACP')
    assert.equal(initialize({ processId: 1, rootUri: null, capabilities: {} }), 'other', 'LSP')
    assert.equal(initialize({ clientInfo: { name: 'x', version: '1' } }), 'other', 'the app server of Codex')
    assert.equal(initialize(), 'other')
  })

  it('recognises MCP of 2026-07-28 by the version in any message, and by the method that only it has', () => {
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }
    assert.equal(evidenceOf({ method: 'tools/call', params: { _meta } }), 'mcp')
    assert.equal(evidenceOf({ method: 'x/y', params: { _meta } }), 'mcp')
    assert.equal(evidenceOf({ method: 'server/discover' }), 'mcp')
  })

  it('leaves methods open that MCP shares with other protocols', () => {
    assert.equal(evidenceOf({ method: 'tools/call' }), 'shared')
    assert.equal(evidenceOf({ method: 'ping' }), 'shared')
    assert.equal(evidenceOf({ method: 'notifications/initialized' }), 'shared')
  })

  it('does not take methods of A2A, or of JSON-RPC in general, as evidence of MCP', () => {
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

  it('decides about a batch by its strongest evidence', () => {
    assert.equal(evidenceOf({ method: 'x' }, { method: 'ping' }), 'shared')
    assert.equal(evidenceOf({ method: 'ping' }, { method: 'server/discover' }, { method: 'x' }), 'mcp')
  })

  it('shares with other protocols the 16 methods of 2025-03-26, and no others of the table of metrics', () => {
    const shared = boundOf('mcpRequest', 'method').values.filter((method) => evidenceOf({ method }) === 'shared')
    assert.equal(shared.length, 16)
    for (const method of ['tools/call', 'ping', 'notifications/initialized'] as const)
      assert.ok(shared.includes(method))
  })
})
