import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type App, startApp } from '../../harness/app.ts'
import { sumOf } from '../../harness/prometheus-text.ts'
import { requestsOf, sessionsOf } from './counts.ts'

const running: App[] = []
after(() => Promise.all(running.map((app) => app.stop())))
async function start(name: string): Promise<App> {
  const app = await startApp(new URL(`apps/${name}`, import.meta.url))
  running.push(app)
  return app
}

const SERVER = { role: 'server', transport: 'streamable_http' } as const
const message = (method: string, id?: unknown, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })
const INITIALIZE = message('initialize', 0, {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
})

describe('an MCP session of a server of @hono/mcp', () => {
  const JSON_ONLY = { 'content-type': 'application/json', accept: 'application/json' }

  it('begins with an initialize that accepts only JSON, while the same message without a session is not counted', async () => {
    const app = await start('hono.js')
    const origin = `http://127.0.0.1:${app.ready}`
    const post = (path: string, body: string, headers = {}) =>
      fetch(origin + path, { method: 'POST', headers: { ...JSON_ONLY, ...headers }, body })
    assert.equal((await post('/rpc', INITIALIZE)).headers.get('mcp-session-id'), null)
    const response = await post('/mcp', INITIALIZE)
    assert.equal(response.headers.get('mcp-session-id'), 'the-session')
    await response.text()
    const session = { 'mcp-session-id': 'the-session' }
    await (await post('/mcp', message('tools/call', 1, { name: 'echo' }), session)).text()
    const families = await app.metricsWhen((families) => requestsOf(families, SERVER).total >= 2)
    assert.equal(sessionsOf(families, SERVER), 1)
    assert.deepEqual(requestsOf(families, SERVER), {
      rows: { 'initialize|||ok': 1, 'tools/call|tool|echo|ok': 1 },
      servers: ['hono'],
      total: 2,
    })
    assert.equal(sumOf(families, 'agentgateway_requests_total', { protocol: 'http' }), 1)
    await app.stop()
  })
})

describe('an MCP session that its client deletes while a call and a stream are open', () => {
  for (const [name, path, tool, comebacks] of [
    // This server never responds to a request of a deleted session.
    ['hono.js', '/mcp', 'late', []],
    ['servers.js', '/stateful', 'slow', ['POST', 'DELETE']],
  ] as const) {
    it(`is not counted again, at ${name}`, async () => {
      const app = await start(name)
      const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${app.ready}${path}`))
      const client = new Client({ name: 'driver', version: '1.0.0' })
      await client.connect(transport)
      const session = { 'mcp-session-id': transport.sessionId ?? assert.fail() }
      await app.metricsWhen((families) => sessionsOf(families, SERVER) === 1)
      const call = client.callTool({ name: tool }).catch(() => {})
      await app.line(new RegExp(`^${tool} called$`))
      await transport.terminateSession()
      await client.close()
      await call
      // The session is not counted again, whatever the server's response to its id is.
      for (const method of comebacks) {
        const body = method === 'POST' ? { body: message('ping', 9) } : {}
        const accept = 'application/json, text/event-stream'
        const headers = { ...session, accept, 'content-type': 'application/json' }
        const back = await fetch(`http://127.0.0.1:${app.ready}${path}`, { method, headers, ...body })
        await back.text()
      }
      const families = await app.metricsWhen((families) => {
        const { rows } = requestsOf(families, SERVER)
        const has = (key: string) => Object.keys(rows).some((row) => row.startsWith(key))
        return has('tools/call') && (has('ping') || comebacks.length === 0)
      })
      assert.equal(sessionsOf(families, SERVER), 0)
      await app.stop()
    })
  }
})
