import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { collect, TestReader } from '../../meter/src/testing/reader.ts'
import { McpInstrumentation } from './index.ts'

describe('McpInstrumentation', () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'session' })
      response.end('{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","serverInfo":{"name":"mine"}}}')
    })
  })
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  async function initialize(): Promise<void> {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"initialize"}',
    })
    await response.json()
  }

  it('counts with a MeterProvider of one’s own, while it is enabled', async () => {
    const reader = new TestReader()
    const values = async () =>
      Object.fromEntries(Object.entries(await collect(reader)).map(([name, points]) => [name, points?.[0]?.value]))
    const mcp = new McpInstrumentation()
    mcp.setMeterProvider(new MeterProvider({ readers: [reader] }))
    await initialize()
    assert.deepEqual(await values(), {})
    mcp.enable()
    await initialize()
    await initialize()
    assert.deepEqual(await values(), {
      agentgateway_mcp_requests_total: 2,
      agentgateway_mcp_sessions_active: 1,
    })
    mcp.disable()
    await initialize()
    assert.equal((await values()).agentgateway_mcp_requests_total, 2)
  })
})
