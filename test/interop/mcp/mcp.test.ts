import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type App, type AppOptions, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

const REQUESTS = 'agentgateway_mcp_requests_total'
const SESSIONS = 'agentgateway_mcp_sessions_active'
const HTTP_REQUESTS = 'agentgateway_requests_total'
const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

const start = (options: AppOptions = {}) => startApp(new URL('apps/servers.js', import.meta.url), options)
const sessionsOf = (families: Families) => sumOf(families, SESSIONS, { role: 'server', transport: 'streamable_http' })

/** The requests by `method|resource_type|resource|status`, of one server. */
function requestsOf(families: Families, server: string): Record<string, number> {
  const samples = families.get(REQUESTS)?.samples.filter(({ labels }) => labels.server === server) ?? []
  return Object.fromEntries(
    samples.map(({ labels, value }) => {
      assert.equal(labels.role, 'server')
      assert.equal(labels.transport, 'streamable_http')
      return [`${labels.method}|${labels.resource_type}|${labels.resource}|${labels.status}`, value]
    }),
  )
}

const total = (requests: Record<string, number>) => Object.values(requests).reduce((sum, value) => sum + value, 0)

/** A client of the SDK, and the counts of what it sends. */
function createDriver(url: URL) {
  const sent = { messages: 0, exchanges: 0 }
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: (input, init) => {
      sent.exchanges++
      if (typeof init?.body === 'string') sent.messages++
      return fetch(input, init)
    },
  })
  return { sent, transport, client: new Client({ name: 'driver', version: '1.0.0' }) }
}

/** Makes requests of every kind. */
async function use(client: Client): Promise<void> {
  assert.equal((await client.listTools()).tools.length, 4)
  assert.ok(!(await client.callTool({ name: 'echo' })).isError)
  assert.ok(!(await client.callTool({ name: 'echo' })).isError)
  assert.ok(!(await client.callTool({ name: 'image' })).isError)
  assert.equal((await client.callTool({ name: 'broken' })).isError, true)
  await client.getPrompt({ name: 'greeting' })
  await assert.rejects(client.getPrompt({ name: 'none' }))
  await client.listResources()
  await client.listResourceTemplates()
  await client.readResource({ uri: 'file:///secret/path' })
  await client.ping()
}

const USED = {
  'initialize|||ok': 1,
  'notifications/initialized|||none': 1,
  'tools/list|tool||ok': 1,
  'tools/call|tool|echo|ok': 2,
  'tools/call|tool|image|ok': 1,
  'tools/call|tool|broken|error': 1,
  'prompts/get|prompt|greeting|ok': 1,
  'prompts/get|prompt|_OTHER|error': 1,
  'resources/list|resource||ok': 1,
  'resources/templates/list|templates||ok': 1,
  'resources/read|resource||ok': 1,
  'ping|||ok': 1,
}

describe('MCP servers of the official SDK', () => {
  let app: App
  let origin: string
  before(async () => {
    app = await start()
    origin = `http://127.0.0.1:${app.ready}`
  })
  after(() => app.stop())

  for (const [path, server, hasSessions] of [
    ['/stateful', 'stateful-server', true],
    ['/json', 'json-server', true],
    ['/stateless', 'stateless-server', false],
  ] as const) {
    it(`count every message of the SDK's client at ${path}, and its session`, async () => {
      const earlier = await app.metrics()
      const { client, transport, sent } = createDriver(new URL(path, origin))
      await client.connect(transport)
      assert.equal(transport.sessionId !== undefined, hasSessions)
      assert.equal(sessionsOf(await app.metrics()) - sessionsOf(earlier), hasSessions ? 1 : 0)
      await use(client)
      if (hasSessions) await transport.terminateSession()
      await client.close()

      const mcp = { protocol: 'mcp' }
      const exchanges = (families: Families) => sumOf(families, HTTP_REQUESTS, mcp) - sumOf(earlier, HTTP_REQUESTS, mcp)
      const families = await app.metricsWhen((families) => exchanges(families) >= sent.exchanges)
      assert.equal(exchanges(families), sent.exchanges)
      assert.equal(
        sumOf(families, HTTP_REQUESTS, { protocol: 'http' }),
        sumOf(earlier, HTTP_REQUESTS, { protocol: 'http' }),
      )
      assert.deepEqual(requestsOf(families, server), USED)
      assert.equal(total(requestsOf(families, server)), sent.messages)
      assert.equal(sessionsOf(families), sessionsOf(earlier))
    })
  }

  it('count a call that the client cancels once, as one without a response', async () => {
    const { client, transport } = createDriver(new URL('/stateful', origin))
    await client.connect(transport)
    const controller = new AbortController()
    const call = client.callTool({ name: 'slow' }, undefined, { signal: controller.signal })
    await app.line(/^slow called$/)
    controller.abort()
    await assert.rejects(call)
    await transport.terminateSession()
    await client.close()
    const slow = { method: 'tools/call', resource: 'slow' }
    const cancelled = { method: 'notifications/cancelled', status: 'none' }
    const families = await app.metricsWhen(
      (families) => sumOf(families, REQUESTS, slow) === 1 && sumOf(families, REQUESTS, cancelled) === 1,
    )
    assert.equal(sumOf(families, REQUESTS, { ...slow, status: 'none' }), 1)
  })
})

/** Sends a request, and returns the response as it came: status, header fields except the date, body. */
async function raw(
  port: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<string> {
  const length = { 'content-length': Buffer.byteLength(body) }
  const outgoing = request({ host: '127.0.0.1', port, method, path, agent: false, headers: { ...length, ...headers } })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const fields = response.rawHeaders.join('\n').replace(/^date\n.*$/im, '')
  return `${response.statusCode}\n${fields}\n\n${(await buffer(response)).toString('latin1')}`
}

const message = (method: string, id?: unknown, params?: object) => ({ jsonrpc: '2.0', id, method, params })
const INITIALIZE = message('initialize', 0, {
  protocolVersion: '2025-03-26',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
})

describe('an MCP server whose clients send bare HTTP', () => {
  let app: App
  before(async () => {
    app = await start()
  })
  after(() => app.stop())

  let sent = 0
  function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<string> {
    sent++
    return raw(app.ready, method, path, headers, typeof body === 'string' ? body : JSON.stringify(body))
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send('POST', path, { ...ACCEPT, ...headers }, body)
  const statusOf = (response: string) => Number.parseInt(response, 10)
  async function begin(path: string): Promise<Record<string, string>> {
    const response = await post(path, INITIALIZE)
    assert.equal(statusOf(response), 200)
    return { 'mcp-session-id': /^mcp-session-id\n(.*)$/im.exec(response)?.[1] ?? '' }
  }

  /** Returns what `act` adds to the metrics, once all of its requests are counted. */
  async function difference(server: string, act: () => Promise<void>) {
    const before = await app.metrics()
    const sentBefore = sent
    await act()
    const added = (families: Families) => sumOf(families, HTTP_REQUESTS) - sumOf(before, HTTP_REQUESTS)
    const after = await app.metricsWhen((families) => added(families) === sent - sentBefore)
    const earlier = requestsOf(before, server)
    const requests = Object.entries(requestsOf(after, server)).map(([key, value]) => [key, value - (earlier[key] ?? 0)])
    const difference = (protocol: string) =>
      sumOf(after, HTTP_REQUESTS, { protocol }) - sumOf(before, HTTP_REQUESTS, { protocol })
    return {
      requests: Object.fromEntries(requests.filter(([, value]) => value !== 0)),
      sessions: sessionsOf(after) - sessionsOf(before),
      http: difference('http'),
      mcp: difference('mcp'),
    }
  }

  it('ends a session on DELETE, and on a response 404 to its id', async () => {
    const added = await difference('stateful-server', async () => {
      const deleted = await begin('/stateful')
      const forgotten = await begin('/stateful')
      await begin('/stateful')
      assert.equal(statusOf(await send('DELETE', '/stateful', deleted)), 200)
      await send('POST', '/forget', ACCEPT, { id: forgotten['mcp-session-id'] })
      assert.equal(statusOf(await post('/stateful', message('ping', 1), forgotten)), 404)
      assert.equal(statusOf(await post('/stateful', message('ping', 1), deleted)), 404)
    })
    assert.deepEqual(added, { requests: { 'initialize|||ok': 3, 'ping|||error': 2 }, sessions: 1, http: 1, mcp: 6 })
  })

  it('counts each message of a batch', async () => {
    const added = await difference('json-server', async () => {
      const session = await begin('/json')
      const batch = [
        message('ping', 1),
        message('tools/list', '1'),
        message('nonsense', 2),
        message('notifications/progress'),
      ]
      assert.equal(statusOf(await post('/json', batch, session)), 200)
      assert.equal(statusOf(await post('/json', [message('notifications/initialized')], session)), 202)
    })
    assert.deepEqual(added, {
      requests: {
        'initialize|||ok': 1,
        'ping|||ok': 1,
        'tools/list|tool||ok': 1,
        '_OTHER|||error': 1,
        'notifications/progress|||none': 1,
        'notifications/initialized|||none': 1,
      },
      sessions: 1,
      http: 0,
      mcp: 3,
    })
  })

  it('reads the statuses of calls from responses that the app compresses', async () => {
    const added = await difference('json-server', async () => {
      const session = await begin('/json')
      for (const encoding of ['gzip', 'br', 'deflate']) {
        const call = message('tools/call', 1, { name: encoding === 'br' ? 'broken' : 'echo' })
        const response = await post('/json', call, { ...session, 'accept-encoding': encoding })
        assert.match(response, new RegExp(`^content-encoding\n${encoding}$`, 'im'))
      }
    })
    assert.deepEqual(added.requests, {
      'initialize|||ok': 1,
      'tools/call|tool|echo|ok': 2,
      'tools/call|tool|broken|error': 1,
    })
  })

  it('counts messages that are refused as errors, and nothing that is not JSON-RPC', async () => {
    const version = { 'mcp-protocol-version': '2025-06-18' }
    const added = await difference('stateless-server', async () => {
      await post('/stateless', INITIALIZE)
      assert.equal(statusOf(await post('/stateless', '{', version)), 400)
      assert.equal(statusOf(await post('/stateless', { method: 'ping', id: 1 }, version)), 400)
      assert.equal(statusOf(await post('/stateless', message('ping', 1), { 'mcp-protocol-version': 'x' })), 400)
      assert.equal(statusOf(await post('/stateless', message('ping', 1), { ...version, accept: '*/*' })), 406)
      assert.equal(statusOf(await post('/stateless', message('ping', null), version)), 400)
      assert.equal(statusOf(await send('GET', '/stateless', { ...version, accept: 'text/event-stream' })), 405)
      assert.equal(statusOf(await send('DELETE', '/stateless', { 'mcp-session-id': 'x' })), 405)
    })
    assert.deepEqual(added, { requests: { 'initialize|||ok': 1, 'ping|||error': 3 }, sessions: 0, http: 0, mcp: 8 })
  })

  it('does not count other requests as MCP', async () => {
    const added = await difference('unknown', async () => {
      assert.equal(statusOf(await send('GET', '/health', {})), 200)
      assert.equal(
        statusOf(await send('POST', '/rpc', { 'content-type': 'application/json' }, message('tasks/get', 1))),
        200,
      )
      assert.equal(statusOf(await post('/rpc', message('message/send', 1))), 200)
      assert.equal(statusOf(await send('GET', '/nowhere', { 'mcp-session-id': 'x', accept: 'text/event-stream' })), 404)
    })
    assert.deepEqual(added, { requests: {}, sessions: 0, http: 4, mcp: 0 })
  })

  it('sends the same bytes as without the preload', async () => {
    const apps = await Promise.all([start(), start({ preload: 'none' })])
    try {
      const [withPreload, without] = await Promise.all(
        apps.map(async ({ ready }) => {
          const responses: string[] = []
          const recordExchange = async (
            method: string,
            path: string,
            headers: Record<string, string>,
            body?: unknown,
          ) => responses.push(await raw(ready, method, path, { ...ACCEPT, ...headers }, JSON.stringify(body)))
          for (const [path, session] of [
            ['/stateful', { 'mcp-session-id': 'session-1' }],
            ['/json', { 'mcp-session-id': 'session-2' }],
            ['/stateless', {}],
          ] as const) {
            await recordExchange('POST', path, {}, INITIALIZE)
            for (const name of ['echo', 'broken', 'image', 'none']) {
              await recordExchange('POST', path, session, message('tools/call', name, { name }))
            }
            await recordExchange('POST', path, { ...session, 'accept-encoding': 'gzip' }, message('tools/list', 1))
            await recordExchange('POST', path, session, message('notifications/initialized'))
            await recordExchange('POST', path, session, 'no message')
            await recordExchange('DELETE', path, session)
            await recordExchange('POST', path, { 'mcp-session-id': 'unknown-session' }, message('ping', 1))
          }
          return responses
        }),
      )
      assert.deepEqual(withPreload, without)
      assert.ok(without?.some((response) => response.includes('text/event-stream')))
      assert.ok(without?.some((response) => response.includes('Content-Encoding\ngzip')))
    } finally {
      await Promise.all(apps.map((app) => app.stop()))
    }
  })
})

describe('AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS', () => {
  it('ends a session without an open stream after so many seconds, and counts it again when its client returns', async () => {
    const app = await start({ env: { AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS: '1' } })
    const open = (count: number) => app.metricsWhen((families) => sessionsOf(families) === count)
    const origin = `http://127.0.0.1:${app.ready}`
    const staying = createDriver(new URL('/json', origin))
    const leaving = createDriver(new URL('/stateful', origin))
    const stream = new AbortController()
    try {
      // Each client keeps a GET open from now on.
      await staying.client.connect(staying.transport)
      await leaving.client.connect(leaving.transport)
      await open(2)
      // Closing sends nothing to the server.
      await leaving.client.close()
      await open(1)
      const session = { 'mcp-session-id': leaving.transport.sessionId ?? '' }
      const headers = { accept: 'text/event-stream', ...session }
      const back = await fetch(new URL('/stateful', origin), { headers, signal: stream.signal })
      assert.equal(back.status, 200)
      const pong = await raw(
        app.ready,
        'POST',
        '/stateful',
        { ...ACCEPT, ...session },
        JSON.stringify(message('ping', 1)),
      )
      assert.match(pong, /^200/)
      await open(2)
      stream.abort()
      await open(1)
      await staying.client.close()
      await open(0)
    } finally {
      stream.abort()
      await Promise.allSettled([staying.client.close(), leaving.client.close()])
      await app.stop()
    }
  })
})
