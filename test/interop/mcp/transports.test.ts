import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import { after, describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type App, type AppOptions, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { type End, requestsOf, sessionsOf } from './counts.ts'

const running: App[] = []
async function start(name: string, options: AppOptions = {}): Promise<App> {
  const app = await startApp(new URL(`apps/${name}`, import.meta.url), options)
  running.push(app)
  return app
}
after(() => Promise.all(running.map((app) => app.stop())))

const ENDS = (['server', 'client'] as const).map((role) => ({ role, transport: 'streamable_http' }) satisfies End)
const has = (families: Families, end: End, total: number) => requestsOf(families, end).total >= total

describe('a process that is the MCP client of its own server', () => {
  it('counts each message once in each role, and a response that comes when a broken stream is resumed', async () => {
    const app = await start('resumable.js')
    app.writeLine('go')
    await app.line(/^cut$/)
    await app.line(/^after all$/)
    const families = await app.metricsWhen((families) => ENDS.every((end) => has(families, end, 5)))
    for (const end of ENDS) {
      assert.deepEqual(requestsOf(families, end), {
        rows: {
          'initialize|||ok': 1,
          'notifications/initialized|||none': 1,
          'tools/list|tool||ok': 1,
          'tools/call|tool|cut|ok': 1,
          'tools/call|tool|echo|ok': 1,
        },
        servers: ['resumable'],
        total: 5,
      })
      assert.equal(sessionsOf(families, end), 0)
    }
  })

  it('counts a subscription once, when it is acknowledged', async () => {
    const app = await start('subscriber.js')
    app.writeLine('subscribe')
    await app.line(/^subscribed$/)
    const expected = {
      rows: { 'server/discover|||ok': 1, 'subscriptions/listen|||ok': 1 },
      servers: ['subscribed'],
      total: 2,
    }
    const families = await app.metricsWhen((families) => ENDS.every((end) => has(families, end, 2)))
    for (const end of ENDS) assert.deepEqual(requestsOf(families, end), expected)
    app.writeLine('close')
    await app.line(/^closed$/)
    const mcp = { protocol: 'mcp' }
    const later = await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total', mcp) === 3)
    for (const end of ENDS) {
      const rows = { ...expected.rows, 'notifications/cancelled|||none': 1 }
      assert.deepEqual(requestsOf(later, end), { ...expected, rows, total: 3 })
      assert.equal(sessionsOf(later, end), 0)
    }
  })
})

describe('an MCP server that decodes its requests, as Express does', () => {
  it('has messages in encoded bodies counted by their methods', async () => {
    const app = await start('http-express.js')
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'encoding', version: '1' } },
    }
    const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }
    for (const [encoding, encode] of Object.entries(encoders)) {
      const response = await fetch(`http://127.0.0.1:${app.ready}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': encoding,
          accept: 'application/json, text/event-stream',
        },
        body: encode(JSON.stringify(message)),
      })
      assert.equal(response.status, 200)
      assert.match(await response.text(), /"serverInfo":/)
    }
    const end = { role: 'server', transport: 'streamable_http' } as const
    const families = await app.metricsWhen((now) => has(now, end, 3))
    assert.deepEqual(requestsOf(families, end).rows, { 'initialize|||ok': 3 })
  })
})

describe('an MCP server over SSE', () => {
  const SSE = { role: 'server', transport: 'sse' } as const
  const accept = 'text/event-stream'

  async function open(app: App, path: string): Promise<IncomingMessage> {
    const request = http.get({ host: '127.0.0.1', port: app.ready, path, agent: false, headers: { accept } })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.on('error', () => {})
    return response
  }
  async function endpointOf(response: IncomingMessage): Promise<string> {
    const [chunk] = (await once(response, 'data')) as [Buffer]
    response.resume()
    return /^data: (.*)$/m.exec(chunk.toString())?.[1] ?? assert.fail()
  }
  const post = (app: App, path: string, body: object) =>
    fetch(`http://127.0.0.1:${app.ready}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const message = (method: string, id?: unknown, params = {}) => ({ jsonrpc: '2.0', id, method, params })
  const initialize = message('initialize', 0, {
    protocolVersion: '2024-11-05',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  })

  it('counts refused messages, messages that wait when the stream is closed, and a session as long as its stream is open', async () => {
    const app = await start('http-express.js')
    const stream = await open(app, '/sse')
    const endpoint = await endpointOf(stream)
    const idle = await open(app, '/sse')
    await endpointOf(idle)
    assert.equal((await post(app, endpoint, initialize)).status, 202)
    await app.metricsWhen((families) => sessionsOf(families, SSE) === 1)
    assert.equal((await post(app, endpoint, message('ping', 1))).status, 202)
    assert.equal((await post(app, endpoint, { jsonrpc: '1.0', id: 2, method: 'ping' })).status, 400)
    assert.equal((await post(app, `${endpoint}x`, message('ping', 3))).status, 404)
    stream.destroy()
    idle.destroy()
    const families = await app.metricsWhen(
      (families) => sessionsOf(families, SSE) === 0 && requestsOf(families, SSE).total >= 2,
    )
    assert.deepEqual(requestsOf(families, SSE).rows, { 'initialize|||ok': 1, 'ping|||ok': 1 })
    assert.ok((await post(app, endpoint, message('ping', 4))).status >= 400)
    const later = await app.metricsWhen((families) => requestsOf(families, SSE).total >= 3)
    assert.deepEqual(requestsOf(later, SSE).rows, { 'initialize|||ok': 1, 'ping|||ok': 1, 'ping|||error': 1 })
    await app.stop()
  })

  it('counts a message to a stream of an earlier process as one over SSE, whatever protocol version its head names', async () => {
    const app = await start('http-express.js')
    const lost = await fetch(`http://127.0.0.1:${app.ready}/messages?sessionId=${crypto.randomUUID()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'mcp-protocol-version': '2025-06-18' },
      body: JSON.stringify(message('ping', 1)),
    })
    assert.equal(lost.status, 404)
    const families = await app.metricsWhen((families) => requestsOf(families, SSE).total === 1)
    assert.deepEqual(requestsOf(families, SSE).rows, { 'ping|||error': 1 })
    for (const end of ENDS) assert.equal(requestsOf(families, end).total, 0)
    await app.stop()
  })

  it('does not count event streams that are not of MCP', async () => {
    const app = await start('http-express.js')
    const stream = await open(app, '/events')
    stream.resume()
    await once(stream, 'end')
    assert.equal((await post(app, '/rpc', message('ping', 1))).status, 200)
    const families = await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') === 2)
    assert.equal(requestsOf(families, SSE).total, 0)
    assert.equal(sumOf(families, 'agentgateway_requests_total', { protocol: 'mcp' }), 0)
    await app.stop()
  })
})
