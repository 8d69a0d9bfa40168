import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { type Histogram, MeterProvider } from '@opentelemetry/sdk-metrics'
import { collect, TestReader } from '../../../../meter/src/testing/reader.ts'
import { watchMcp } from '../../watch-mcp.ts'

type Headers = Readonly<Record<string, string>>

const ACCEPT = { accept: 'application/json, text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM_TYPE = { 'content-type': 'text/event-stream' }

/** Sets up exchanges with an MCP server, seen from one side, whose parts the test plays by hand. */
function setUp(sessionIdleSeconds?: number, side: 'server' | 'client' = 'server') {
  const reader = new TestReader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const clock = { ms: 0 }
  const metrics = ['mcp'] as const
  const config = sessionIdleSeconds === undefined ? { metrics } : { metrics, sessionIdleSeconds }
  const { observers } = watchMcp(meter, config, () => clock.ms)
  const offer = observers.get('streamable_http')?.[`${side}Exchange`] ?? assert.fail()

  /** Begins an exchange with the head of its request. */
  function begin(method: string, headers: Headers = {}, target = '/mcp', port = 3000) {
    const exchange = {
      side,
      method,
      target,
      host: '',
      header: (name: string) => headers[name],
      protocol: 'http',
      startMs: clock.ms,
      endMs: Number.NaN,
      requestBytes: 0,
      responseBytes: 0,
      incoming: undefined,
      socket: { localPort: port, remoteAddress: headers.from } as Socket,
      isInCallerContext: false,
    } satisfies Exchange
    const listener: ExchangeListener | undefined = offer(exchange)
    return {
      exchange,
      isDeclined: listener === undefined,
      request(body: unknown) {
        listener?.requestBody?.(bytesOf(body))
        listener?.requestEnd?.()
      },
      respond(status: number, headers: Headers = {}) {
        const head: ResponseHead = { status, header: (name) => headers[name] }
        listener?.response?.(head)
      },
      write: (body: unknown) => listener?.responseBody?.(bytesOf(body)),
      end: () => listener?.end('complete'),
      abort: () => listener?.end('aborted'),
      listener,
    }
  }

  /** Plays a whole exchange, and returns the protocol that it was found to carry before its end. */
  function exchange(
    method: string,
    headers: Headers,
    body: unknown,
    response: { status?: number; headers?: Headers; body?: unknown; target?: string; port?: number } = {},
  ): string {
    const { exchange, request, respond, write, end } = begin(method, headers, response.target, response.port)
    if (body !== undefined) request(body)
    respond(response.status ?? 200, response.headers ?? JSON_TYPE)
    if (response.body !== undefined) write(response.body)
    const { protocol } = exchange
    end()
    return protocol
  }

  const post = (body: unknown, response: Parameters<typeof exchange>[3] = {}, headers: Headers = {}) =>
    exchange('POST', { ...ACCEPT, ...headers }, body, response)

  const initialize = (session?: string, name = 'weather', response: Parameters<typeof exchange>[3] = {}) =>
    post(request('initialize', 0, { protocolVersion: '2025-06-18' }), {
      headers: { ...JSON_TYPE, ...(session && { 'mcp-session-id': session }) },
      body: { jsonrpc: '2.0', id: 0, result: { serverInfo: { name } } },
      ...response,
    })

  async function series(name: string): Promise<Record<string, number>> {
    const points = (await collect(reader))[name] ?? []
    return Object.fromEntries(points.map((point) => [Object.values(point.attributes).join('|'), point.value as number]))
  }

  return {
    begin,
    exchange,
    post,
    initialize,
    clock,
    /** Returns the counts by `method|resource_type|resource|server|status`. */
    async requests() {
      const all = Object.entries(await series('agentgateway_mcp_requests_total'))
      return Object.fromEntries(all.map(([key, value]) => [key.replace(`|${side}|streamable_http`, ''), value]))
    },
    /** Returns the number and the sum of the durations, by `method|status`. */
    async durations() {
      const points = (await collect(reader)).agentgateway_mcp_request_duration_seconds ?? []
      return Object.fromEntries(
        points.map(({ attributes: { method, status }, value }) => {
          const { count, sum } = value as Histogram
          return [`${method}|${status}`, [count, sum]]
        }),
      )
    },
    sessions: async () => (await series('agentgateway_mcp_sessions_active'))[`${side}|streamable_http`],
  }
}

const bytesOf = (body: unknown) =>
  body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

const request = (method: string, id: unknown = 1, params?: object) => ({ jsonrpc: '2.0', id, method, params })
const result = (id: unknown = 1, value: object = {}) => ({ jsonrpc: '2.0', id, result: value })
const error = (id: unknown = 1) => ({ jsonrpc: '2.0', id, error: { code: -32602, message: 'no' } })
const event = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`

describe('the heads of exchanges', () => {
  const { begin } = setUp()
  const looked: [string, Headers, boolean][] = [
    ['POST', {}, false],
    ['POST', { accept: 'application/json' }, false],
    ['POST', { accept: '*/*', 'content-type': 'text/plain' }, false],
    ['POST', { accept: '*/*', 'content-type': 'application/json' }, true],
    ['POST', ACCEPT, true],
    ['POST', { 'mcp-session-id': 'a' }, true],
    ['POST', { 'mcp-protocol-version': '2025-06-18' }, true],
    ['POST', { 'mcp-method': 'tools/call' }, true],
    ['GET', { accept: 'text/event-stream' }, false],
    ['GET', { 'mcp-session-id': 'a' }, false],
    ['GET', { accept: 'text/event-stream', 'mcp-session-id': 'a' }, true],
    ['DELETE', {}, false],
    ['DELETE', { 'mcp-session-id': 'a' }, true],
    ['PUT', { ...ACCEPT, 'mcp-session-id': 'a' }, false],
  ]
  for (const [method, headers, isLookedAt] of looked) {
    it(`${isLookedAt ? 'get' : 'get no'} listener: ${method} with ${JSON.stringify(headers)}`, () => {
      assert.equal(begin(method, headers).isDeclined, !isLookedAt)
    })
  }
})

describe('exchanges that count as MCP', () => {
  const MARKED = { 'mcp-protocol-version': '2025-06-18' }

  it('include a POST with a known method, even before its response', () => {
    const { begin } = setUp()
    const { exchange, request: send } = begin('POST', ACCEPT)
    assert.equal(exchange.protocol, 'http')
    send(request('tools/list'))
    assert.equal(exchange.protocol, 'mcp')
  })

  it('include other JSON-RPC only with an MCP header', () => {
    const { post } = setUp()
    assert.equal(post(request('message/send')), 'http')
    assert.equal(post(request('message/send'), {}, MARKED), 'mcp')
    assert.equal(post(result(7), {}), 'http')
    assert.equal(post(result(7), { status: 202 }, MARKED), 'mcp')
  })

  it('include methods of later revisions, some of which A2A has too, only with an MCP header', () => {
    const { post } = setUp()
    for (const method of ['tasks/get', 'tasks/cancel']) {
      assert.equal(post(request(method, 1, { id: 'x' })), 'http')
      assert.equal(post(request(method, 1, { taskId: 'x' }), {}, MARKED), 'mcp')
    }
  })

  it('include an initialize by its version, or by its response', async () => {
    const { post, requests, sessions } = setUp()
    const initialize = (params: object, value: object) =>
      post(request('initialize', 0, params), {
        headers: { ...JSON_TYPE, 'mcp-session-id': 'a' },
        body: result(0, value),
      })
    assert.equal(initialize({ protocolVersion: 1 }, { protocolVersion: 1, agentInfo: { name: 'acp' } }), 'http')
    assert.equal(initialize({ rootUri: null }, { serverInfo: { name: 'lsp' }, capabilities: {} }), 'http')
    assert.equal(initialize({}, { protocolVersion: '0.3.0', name: 'an agent card of A2A' }), 'http')
    assert.deepEqual([await requests(), await sessions()], [{}, undefined])
    assert.equal(initialize({}, { protocolVersion: '2025-06-18', serverInfo: { name: 'mcp' } }), 'mcp')
    assert.deepEqual([await requests(), await sessions()], [{ 'initialize|||mcp|ok': 1 }, 1])
  })

  it('include a POST with an MCP header that is not JSON-RPC if the response is JSON-RPC', async () => {
    const { post, requests } = setUp()
    assert.equal(post('{', { status: 400, body: error(null) }, MARKED), 'mcp')
    assert.equal(post('{', { status: 400, body: { error: 'no' } }, MARKED), 'http')
    assert.equal(post('{', { status: 400, body: error(null) }), 'http')
    assert.deepEqual(await requests(), {})
  })

  it('include GET and DELETE by their session, or by the response', () => {
    const { exchange, initialize } = setUp()
    const control = (method: string, session: string, status: number, headers: Headers = {}, body?: unknown) =>
      exchange(method, { accept: 'text/event-stream', 'mcp-session-id': session }, undefined, { status, headers, body })
    assert.equal(control('GET', 'a', 200, STREAM_TYPE), 'mcp')
    assert.equal(control('GET', 'a', 200, { 'content-type': 'text/html' }), 'http')
    assert.equal(control('GET', 'a', 405), 'mcp')
    assert.equal(control('GET', 'a', 404, { 'content-type': 'text/html' }, 'Cannot GET /mcp'), 'http')
    assert.equal(control('GET', 'a', 404, JSON_TYPE, error(null)), 'mcp')
    assert.equal(control('DELETE', 'a', 200), 'mcp')
    assert.equal(control('DELETE', 'b', 404), 'http')
    initialize('a')
    assert.equal(control('GET', 'a', 404), 'mcp')
    assert.equal(control('DELETE', 'a', 404), 'mcp')
  })
})

describe('agentgateway_mcp_request_duration_seconds', () => {
  it('is the time from the POST to the response, on whichever stream that comes', async () => {
    const { begin, initialize, clock, durations } = setUp()
    initialize('a')
    clock.ms = 1000
    const session = { ...ACCEPT, 'mcp-session-id': 'a' }
    const call = begin('POST', session)
    clock.ms = 1500
    call.request([request('tools/call', 1, { name: 'slow' }), request('tools/list', 2)])
    call.respond(200, STREAM_TYPE)
    clock.ms = 3000
    call.write(`id: 7\n${event(result(2))}`)
    call.abort()
    const resumed = begin('GET', session)
    resumed.respond(200, STREAM_TYPE)
    clock.ms = 9000
    resumed.write(event(error(1)))
    assert.deepEqual(await durations(), {
      'initialize|ok': [1, 0],
      'tools/list|ok': [1, 2],
      'tools/call|error': [1, 8],
    })
  })

  it('ends with the exchange of a request that is refused without a message', async () => {
    const { begin, clock, durations } = setUp()
    const call = begin('POST', ACCEPT)
    call.request(request('tools/list'))
    call.respond(500, { 'content-type': 'text/html' })
    clock.ms = 4000
    call.exchange.endMs = 4000
    call.end()
    assert.deepEqual(await durations(), { 'tools/list|error': [1, 4] })
  })

  it('is not recorded for notifications, and for requests without a response', async () => {
    const { begin, post, durations } = setUp()
    post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { status: 202 })
    post(request('ping'), { headers: STREAM_TYPE })
    const call = begin('POST', ACCEPT)
    call.request(request('tools/list'))
    call.abort()
    assert.deepEqual(await durations(), {})
  })
})

describe('agentgateway_mcp_requests_total', () => {
  it('counts a request with a JSON response by its outcome', async () => {
    const { post, requests } = setUp()
    post(request('tools/call', 1, { name: 'add', arguments: { a: 1 } }), { body: result(1, { content: [] }) })
    post(request('tools/call', 1, { name: 'add' }), { body: result(1, { content: [], isError: true }) })
    post(request('tools/call', 1, { name: 'add' }), { body: error() })
    assert.deepEqual(await requests(), {
      'tools/call|tool|add|unknown|ok': 1,
      'tools/call|tool|add|unknown|error': 2,
    })
  })

  it('counts a request when its response has passed in an event stream, among other messages', async () => {
    const { begin, requests } = setUp()
    const { request: send, respond, write, end } = begin('POST', ACCEPT)
    send(request('tools/call', 'x', { name: 'add' }))
    respond(200, STREAM_TYPE)
    write(`: ping\n\nid: 1\ndata: \n\n${event({ jsonrpc: '2.0', method: 'notifications/progress', params: {} })}`)
    write(event(request('sampling/createMessage', 'x')))
    write(event(result('y')))
    assert.deepEqual(await requests(), {})
    for (const byte of bytesOf(event(result('x')))) write(Uint8Array.of(byte))
    assert.deepEqual(await requests(), { 'tools/call|tool|add|unknown|ok': 1 })
    write(event(error('x')))
    end()
    assert.deepEqual(await requests(), { 'tools/call|tool|add|unknown|ok': 1 })
  })

  it('counts notifications, and requests without a response, as none', async () => {
    const { begin, post, requests } = setUp()
    post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { status: 202 })
    post({ jsonrpc: '2.0', method: 'notifications/cancelled' }, { status: 404 })
    post(request('ping'), { headers: STREAM_TYPE })
    post(request('tools/list'), { body: result(2) })
    const { request: send, abort } = begin('POST', ACCEPT)
    send(request('tools/call', 1, { name: 'slow' }))
    abort()
    assert.deepEqual(await requests(), {
      'notifications/initialized|||unknown|none': 1,
      'notifications/cancelled|||unknown|none': 1,
      'ping|||unknown|none': 1,
      'tools/list|tool||unknown|none': 1,
      'tools/call|tool|_OTHER|unknown|none': 1,
    })
  })

  it('counts a request refused with an HTTP status as an error, whatever the body holds', async () => {
    const { post, requests } = setUp()
    post(request('tools/list'), { status: 400, body: error(null) })
    post(request('tools/list'), { status: 401, headers: { 'content-type': 'text/plain' }, body: 'no' })
    post(request('tools/list'), { status: 500, headers: {} })
    assert.deepEqual(await requests(), { 'tools/list|tool||unknown|error': 3 })
  })

  it('counts a request whose body arrives after the server has refused it', async () => {
    const { begin, requests } = setUp()
    const { request: send, respond, write, end } = begin('POST', { ...ACCEPT, 'mcp-session-id': 'a' })
    respond(401, JSON_TYPE)
    write(error(null))
    send(request('tools/list'))
    end()
    assert.deepEqual(await requests(), { 'tools/list|tool||unknown|error': 1 })
  })

  it('counts neither responses of a client nor requests whose body is incomplete', async () => {
    const { begin, post, requests } = setUp()
    post(result(1), { status: 202 }, { 'mcp-session-id': 'a' })
    const { exchange, abort } = begin('POST', ACCEPT)
    abort()
    assert.equal(exchange.protocol, 'http')
    assert.deepEqual(await requests(), {})
  })

  it('counts each message of a batch', async () => {
    const { post, requests } = setUp()
    const batch = [
      request('ping', 1),
      request('ping', '1'),
      request('tools/list', 2),
      { jsonrpc: '2.0', method: 'notifications/progress' },
    ]
    post(batch, { body: [result('1'), error(1)] })
    assert.deepEqual(await requests(), {
      'ping|||unknown|ok': 1,
      'ping|||unknown|error': 1,
      'tools/list|tool||unknown|none': 1,
      'notifications/progress|||unknown|none': 1,
    })
  })

  it('counts a response that comes on another stream of its session, after a stream that can be resumed broke', async () => {
    const { begin, initialize, exchange, requests } = setUp()
    initialize('a')
    const session = { 'mcp-session-id': 'a' }
    function broken(id: number, event: string) {
      const { request: send, respond, write, abort } = begin('POST', { ...ACCEPT, ...session })
      send(request('tools/call', id, { name: 'slow' }))
      respond(200, STREAM_TYPE)
      write(event)
      abort()
    }
    broken(1, 'id: 7\ndata: \n\n')
    broken(2, ': without an id, there is nothing to come back to\n\n')
    broken(3, 'id: 8\ndata: \n\n')
    broken(4, 'id: 9\ndata: \n\n')
    const resumed = begin('GET', { ...ACCEPT, ...session, 'last-event-id': '7' })
    resumed.respond(200, STREAM_TYPE)
    for (const message of [result(1), result(1), result(2), request('ping', 3)]) resumed.write(event(message))
    resumed.end()
    const call = (status: string) => `tools/call|tool|${status === 'ok' ? 'slow' : '_OTHER'}|weather|${status}`
    assert.deepEqual(await requests(), { 'initialize|||weather|ok': 1, [call('ok')]: 1, [call('none')]: 1 })
    exchange(
      'POST',
      { ...ACCEPT, ...session },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 4 } },
    )
    exchange('DELETE', session, undefined)
    const { 'tools/call|tool|slow|weather|none': named, ...rest } = await requests()
    assert.equal(named, 2)
    assert.deepEqual(rest, {
      'initialize|||weather|ok': 1,
      'notifications/cancelled|||weather|none': 1,
      [call('ok')]: 1,
      [call('none')]: 1,
    })
  })

  it('counts a redirected message only where it arrives', async () => {
    const { post, requests } = setUp()
    const location = { ...JSON_TYPE, location: '/mcp/' }
    for (const status of [307, 308]) {
      post(request('tools/list'), { status, headers: location })
      post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { status, headers: location })
    }
    post(request('tools/list'), { body: result(), target: '/mcp/' })
    assert.deepEqual(await requests(), { 'tools/list|tool||unknown|ok': 1 })
  })

  it('names a tool or a prompt only after it was listed or a call of it succeeded', async () => {
    const { post, requests } = setUp()
    const call = (method: string, name: string, body: object) => post(request(method, 1, { name }), { body })
    call('tools/call', 'guess', error())
    call('tools/call', 'works', error())
    call('tools/call', 'works', result(1, { content: [] }))
    call('tools/call', 'works', result(1, { content: [], isError: true }))
    // A name other than the one called is not learnt, or a client could choose labels through the server's text.
    call('tools/call', 'guess', result(1, { tools: [{ name: 'listed' }], isError: true }))
    call('tools/call', 'listed', error())
    post(request('tools/list'), { body: result(1, { tools: [{ name: 'listed', inputSchema: {} }] }) })
    call('tools/call', 'listed', error())
    call('prompts/get', 'listed', error())
    post(request('prompts/list'), { body: result(1, { prompts: [{ name: 'greet' }] }) })
    call('prompts/get', 'greet', error())
    for (let i = 0; i < 1000; i++) call('tools/call', `guess${i}`, error())
    assert.deepEqual(await requests(), {
      'tools/call|tool|_OTHER|unknown|error': 1004,
      'tools/call|tool|works|unknown|ok': 1,
      'tools/call|tool|works|unknown|error': 1,
      'tools/list|tool||unknown|ok': 1,
      'tools/call|tool|listed|unknown|error': 1,
      'prompts/get|prompt|_OTHER|unknown|error': 1,
      'prompts/list|prompt||unknown|ok': 1,
      'prompts/get|prompt|greet|unknown|error': 1,
    })
  })

  it('names the kind of resource that a method concerns, and never a URI', async () => {
    const { post, requests } = setUp()
    const params = { name: 'n', uri: 'file:///home/user' }
    const methods = [
      'prompts/get',
      'prompts/list',
      'resources/read',
      'resources/templates/list',
      'resources/subscribe',
      'skills/get',
      'tasks/get',
      'completion/complete',
      'tools/unheard-of',
    ]
    for (const method of methods) post(request(method, 1, params), { body: result() }, { 'mcp-method': method })
    assert.deepEqual(Object.keys(await requests()), [
      'prompts/get|prompt|n|unknown|ok',
      'prompts/list|prompt||unknown|ok',
      'resources/read|resource||unknown|ok',
      'resources/templates/list|templates||unknown|ok',
      'resources/subscribe|resource||unknown|ok',
      'skills/get|skill||unknown|ok',
      'tasks/get|task||unknown|ok',
      'completion/complete|||unknown|ok',
      '_OTHER|||unknown|ok',
    ])
  })

  it('names the server by its own name: that of the session, else that of the port and path', async () => {
    const { initialize, post, requests } = setUp()
    const ping = (session: string | undefined, answer: object) =>
      post(request('ping'), { body: result(), ...answer }, session === undefined ? {} : { 'mcp-session-id': session })
    initialize('a', 'one')
    initialize('b', 'two')
    initialize(undefined, 'three', { target: '/other?x=1' })
    initialize(undefined, 'no', { body: error(0), target: '/failed' })
    ping('a', {})
    ping('b', {})
    ping(undefined, {})
    ping('a', { target: '/other' })
    ping(undefined, { port: 3001 })
    ping(undefined, { target: '/failed' })
    assert.deepEqual(await requests(), {
      'initialize|||one|ok': 1,
      'initialize|||two|ok': 1,
      'initialize|||three|ok': 1,
      'initialize|||unknown|error': 1,
      'ping|||one|ok': 1,
      'ping|||two|ok': 1,
      'ping|||three|ok': 1,
      'ping|||unknown|ok': 3,
    })
  })

  it('has no name for servers of different names at one port and path', async () => {
    const { exchange, initialize, post, requests } = setUp()
    initialize(undefined, 'alpha', { target: '/mcp?server=alpha' })
    post(request('ping'), { body: result(), target: '/mcp?server=alpha' })
    initialize('b', 'beta', { target: '/mcp?server=beta' })
    post(request('ping'), { body: result(), target: '/mcp?server=alpha' })
    exchange('POST', { ...ACCEPT, 'mcp-session-id': 'b' }, request('tools/list'), { body: result() })
    const _meta = { 'io.modelcontextprotocol/serverInfo': { name: 'gamma' } }
    post(request('prompts/list'), { body: result(1, { _meta }) })
    assert.deepEqual(await requests(), {
      'initialize|||alpha|ok': 1,
      'ping|||alpha|ok': 1,
      'initialize|||beta|ok': 1,
      'ping|||unknown|ok': 1,
      'tools/list|tool||beta|ok': 1,
      'prompts/list|prompt||gamma|ok': 1,
    })
  })

  describe('without sessions', () => {
    const cancel = (requestId: unknown) => ({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId },
    })
    const slow = (call: ReturnType<ReturnType<typeof setUp>['begin']>) => {
      call.request(request('tools/call', 7, { name: 'slow' }))
      return () => {
        call.respond(200, JSON_TYPE)
        call.write(result(7))
        call.end()
      }
    }

    for (const side of ['server', 'client'] as const) {
      it(`counts what a client cancels as none, at the ${side}, whether or not a response follows`, async () => {
        const { begin, post, requests } = setUp(undefined, side)
        const answer = slow(begin('POST', ACCEPT))
        post(cancel('7'), { status: 202 })
        post(cancel(8), { status: 202 })
        post(cancel(7), { status: 202, target: '/other' })
        assert.equal((await requests())['tools/call|tool|_OTHER|unknown|none'], undefined)
        post(cancel(7), { status: 202 })
        answer()
        const { 'notifications/cancelled|||unknown|none': cancelled, ...rest } = await requests()
        assert.deepEqual([cancelled, rest], [4, { 'tools/call|tool|_OTHER|unknown|none': 1 }])
      })
    }

    it('never cancels another client’s request that has the same id', async () => {
      const { begin, post, requests } = setUp()
      const answers = [
        { from: '10.0.0.1' },
        { from: '10.0.0.1', authorization: 'Bearer x' },
        { from: '10.0.0.1', 'x-forwarded-for': '192.0.2.1' },
      ].map((headers) => slow(begin('POST', { ...ACCEPT, ...headers })))
      post(cancel(7), { status: 202 }, { from: '10.0.0.2' })
      post(cancel(7), { status: 202 }, { from: '10.0.0.1', authorization: 'Bearer y' })
      post(cancel(7), { status: 202 }, { from: '10.0.0.1', authorization: 'Bearer x' })
      for (const answer of answers) answer()
      // Two requests have the same key, and one has the key of a request that has just ended.
      const twins = [1, 2].map(() => slow(begin('POST', { ...ACCEPT, from: '10.0.0.3' })))
      post(cancel(7), { status: 202 }, { from: '10.0.0.3' })
      for (const answer of twins) answer()
      const next = slow(begin('POST', { ...ACCEPT, from: '10.0.0.3' }))
      post(cancel(7), { status: 202 }, { from: '10.0.0.3' })
      next()
      const counts = await requests()
      const { 'tools/call|tool|slow|unknown|ok': ok, 'tools/call|tool|_OTHER|unknown|none': none } = counts
      assert.deepEqual([ok, none], [5, 1])
    })
  })

  describe('of a client whose requests do not arrive', () => {
    it('counts each as none, by its body', async () => {
      const { begin, requests } = setUp(undefined, 'client')
      const { abort, listener, request: send } = begin('POST', ACCEPT)
      assert.equal(listener?.wantsUnsentBody, true)
      send(request('initialize', 0, { protocolVersion: '2025-06-18' }))
      abort()
      assert.deepEqual(await requests(), { 'initialize|||unknown|none': 1 })
    })

    it('counts each once by its headers, if its body is unknown', async () => {
      const { begin, initialize, requests } = setUp(undefined, 'client')
      initialize('a')
      begin('POST', { ...ACCEPT, 'mcp-session-id': 'a' }).abort()
      begin('POST', { ...ACCEPT, 'mcp-method': 'tools/call', 'mcp-name': '=?base64?w6k=?=' }).abort()
      begin('POST', { ...ACCEPT, 'mcp-method': 'server/discover' }).abort()
      begin('POST', ACCEPT).abort()
      begin('GET', { ...ACCEPT, 'mcp-session-id': 'a' }).abort()
      begin('DELETE', { ...ACCEPT, 'mcp-session-id': 'a' }).abort()
      assert.deepEqual(await requests(), {
        'initialize|||weather|ok': 1,
        '_OTHER|||weather|none': 1,
        'tools/call|tool|_OTHER|weather|none': 1,
        'server/discover|||weather|none': 1,
      })
    })
  })

  it('reads messages of any size: large text, images, long lists', async () => {
    const { begin, post, requests } = setUp()
    const large = 'A"\\'.repeat(1_000_000)
    const list = Array.from({ length: 200_000 }, (_, i) => ({ i }))
    post(request('tools/call', 1, { arguments: { large, list }, name: 'add' }), {
      body: result(1, { content: [{ type: 'text', text: large }, ...list.slice(0, 1000)], isError: true }),
    })
    const { request: send, respond, write, end } = begin('POST', ACCEPT)
    send(request('tools/call', 2, { name: 'add' }))
    respond(200, STREAM_TYPE)
    const stream = bytesOf(event(result(2, { content: [{ type: 'image', data: large }] })))
    for (let i = 0; i < stream.length; i += 65536) write(stream.subarray(i, i + 65536))
    end()
    assert.deepEqual(await requests(), {
      'tools/call|tool|_OTHER|unknown|error': 1,
      'tools/call|tool|add|unknown|ok': 1,
    })
  })

  it('survives hostile input from clients', async () => {
    const { post, requests } = setUp()
    const invalid = Uint8Array.of(
      ...bytesOf('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"'),
      0xff,
      ...bytesOf('"}}'),
    )
    post(invalid, { body: result() })
    post('['.repeat(1e6), { status: 400, body: error(null) })
    post(`${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`, { status: 400, body: error(null) })
    post(request('x'.repeat(1e6)), { body: result() }, { 'mcp-protocol-version': 'v'.repeat(1e5) })
    post(request('tools/call', 1, { name: 'n'.repeat(1e6) }), { body: result() })
    post(request('ping', 'i'.repeat(1e6)), { body: result('i'.repeat(1e6)) })
    post(
      Array.from({ length: 100_000 }, (_, i) => request('ping', i)),
      { status: 400, body: error(null) },
    )
    post({
      jsonrpc: '2.0',
      method: 'ping',
      id: 1,
      ...Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, 'x'.repeat(20)])),
    })
    assert.deepEqual(await requests(), {
      'ping|||unknown|ok': 2,
      '_OTHER|||unknown|ok': 1,
      'tools/call|tool|_OTHER|unknown|ok': 1,
    })
  })
})

describe('agentgateway_mcp_sessions_active', () => {
  const ofSession = (session: string, accept = ACCEPT) => ({ ...accept, 'mcp-session-id': session })
  const ping = request('ping')
  const pong = { body: result() }

  it('returns to 0 after 100,000 abandoned sessions, twice, and keeps little memory for them', async () => {
    const { initialize, clock, sessions } = setUp()
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heap = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = heap()
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100_000; i++) initialize(`${round}-${i}-${'x'.repeat(30)}`)
      assert.equal(await sessions(), 100_000)
      assert.ok(heap() - before < 64 * 1024 * 1024)
      clock.ms += 30 * 60 * 1000
      assert.equal(await sessions(), 0)
      assert.ok(heap() - before < 16 * 1024 * 1024)
    }
  })

  it('does not count a session whose id is 64 KB long', async () => {
    const { initialize, post, sessions, requests } = setUp()
    const id = 'x'.repeat(64 * 1024)
    initialize(id)
    post(request('ping'), { body: result() }, { 'mcp-session-id': id })
    assert.equal(await sessions(), undefined)
    assert.deepEqual(Object.keys(await requests()), ['initialize|||weather|ok', 'ping|||weather|ok'])
  })

  it('has no series before the first session, and none for stateless servers', async () => {
    const { initialize, post, sessions } = setUp()
    initialize(undefined)
    post(ping, pong, { 'mcp-session-id': 'never-given' })
    assert.equal(await sessions(), undefined)
  })

  it('begins with a successful initialize that gives a session, in JSON or in an event stream', async () => {
    const { begin, initialize, sessions } = setUp()
    initialize('a')
    assert.equal(await sessions(), 1)
    initialize('no', 'weather', { body: error(0) })
    initialize('no', 'weather', { status: 500, body: '' })
    initialize('x'.repeat(3000))
    assert.equal(await sessions(), 1)
    const { request: send, respond, write } = begin('POST', ACCEPT)
    send(request('initialize', 0, { protocolVersion: '2025-06-18' }))
    respond(200, { ...STREAM_TYPE, 'mcp-session-id': 'b' })
    assert.equal(await sessions(), 1)
    write(event(result(0, { serverInfo: { name: 'weather' } })))
    assert.equal(await sessions(), 2)
  })

  it('ends with a DELETE that succeeds, and not with one that is refused', async () => {
    const { exchange, initialize, sessions } = setUp()
    initialize('a')
    initialize('b')
    exchange('DELETE', ofSession('a'), undefined, { status: 405 })
    assert.equal(await sessions(), 2)
    exchange('DELETE', ofSession('a'), undefined, { status: 200 })
    exchange('DELETE', ofSession('b'), undefined, { status: 204 })
    exchange('DELETE', ofSession('c'), undefined, { status: 200 })
    assert.equal(await sessions(), 0)
  })

  it('begins whatever the client accepts, and only with the response to an initialize', async () => {
    const { exchange, requests, sessions } = setUp()
    const send = (id: string | undefined, body: object, status = 200) =>
      exchange('POST', { ...JSON_TYPE, accept: 'application/json' }, request('initialize', 0), {
        status,
        headers: { ...JSON_TYPE, ...(id && { 'mcp-session-id': id }) },
        body,
      })
    const initialized = result(0, { protocolVersion: '2025-06-18', serverInfo: { name: 'weather' } })
    assert.equal(send('a', initialized), 'mcp')
    assert.equal(send('b', result(0, { protocolVersion: 1 })), 'http')
    assert.equal(send('c', error(0)), 'http')
    assert.equal(send('d', initialized, 400), 'http')
    assert.equal(send(undefined, initialized), 'http')
    assert.equal(await sessions(), 1)
    assert.deepEqual(await requests(), { 'initialize|||weather|ok': 1 })
  })

  it('ends for good with a DELETE, whatever is in flight or follows', async () => {
    const { begin, exchange, initialize, post, requests, sessions } = setUp()
    initialize('a')
    const call = begin('POST', ofSession('a'))
    call.request(request('tools/call', 1, { name: 'slow' }))
    const stream = begin('GET', ofSession('a'))
    const late = begin('POST', ACCEPT)
    late.request(request('initialize', 0, { protocolVersion: '2025-06-18' }))
    late.respond(200, { ...STREAM_TYPE, 'mcp-session-id': 'b' })
    for (const id of ['a', 'b']) exchange('DELETE', ofSession(id), undefined, { status: 200 })
    assert.equal(await sessions(), 0)
    call.respond(200, STREAM_TYPE)
    call.write(event(result(1)))
    call.end()
    stream.respond(200, STREAM_TYPE)
    stream.end()
    late.write(event(result(0, { protocolVersion: '2025-06-18', serverInfo: { name: 'weather' } })))
    late.end()
    post(ping, pong, ofSession('a'))
    exchange('DELETE', ofSession('a'), undefined, { status: 404 })
    assert.equal(await sessions(), 0)
    assert.deepEqual(await requests(), {
      'initialize|||weather|ok': 2,
      'tools/call|tool|slow|weather|ok': 1,
      'ping|||weather|ok': 1,
    })
    initialize('a')
    assert.equal(await sessions(), 1)
  })

  it('ends with a 404 for it; the 404 of a GET must have a JSON-RPC error', async () => {
    const { exchange, initialize, post, sessions } = setUp()
    for (const session of ['a', 'b', 'c', 'd']) initialize(session)
    post(ping, { status: 404, body: error(null) }, { 'mcp-session-id': 'a' })
    assert.equal(await sessions(), 3)
    exchange('DELETE', ofSession('b'), undefined, { status: 404 })
    assert.equal(await sessions(), 2)
    exchange('GET', ofSession('c'), undefined, { status: 404, headers: { 'content-type': 'text/html' }, body: 'no' })
    assert.equal(await sessions(), 2)
    exchange('GET', ofSession('c'), undefined, { status: 404, body: error(null) })
    assert.equal(await sessions(), 1)
    post(ping, { status: 404, target: '/elsewhere' }, { 'mcp-session-id': 'd' })
    post(ping, { status: 404, port: 3001 }, { 'mcp-session-id': 'd' })
    assert.equal(await sessions(), 1)
  })

  it('ends after the idle time, 30 minutes by default, with nothing in flight and no open GET', async () => {
    const { begin, clock, initialize, post, sessions } = setUp()
    const minutes = 60_000
    for (const session of ['idle', 'used', 'busy', 'open']) initialize(session)
    const slow = begin('POST', ofSession('busy'))
    slow.request(request('tools/call'))
    const stream = begin('GET', ofSession('open'))
    stream.respond(200, STREAM_TYPE)
    clock.ms = 20 * minutes
    post(ping, pong, ofSession('used'))
    clock.ms = 30 * minutes - 1
    assert.equal(await sessions(), 4)
    clock.ms = 30 * minutes
    assert.equal(await sessions(), 3)
    clock.ms = 50 * minutes
    assert.equal(await sessions(), 2)
    slow.respond(200, JSON_TYPE)
    slow.end()
    stream.abort()
    clock.ms = 80 * minutes - 1
    assert.equal(await sessions(), 2)
    clock.ms = 80 * minutes
    assert.equal(await sessions(), 0)
  })

  it('ends after the idle time that is configured', async () => {
    const { clock, initialize, sessions } = setUp(5)
    initialize('a')
    clock.ms = 4999
    assert.equal(await sessions(), 1)
    clock.ms = 5000
    assert.equal(await sessions(), 0)
  })

  it('counts a session again that is served after it counted as ended', async () => {
    const { begin, clock, initialize, post, sessions } = setUp()
    initialize('a')
    clock.ms = 31 * 60_000
    assert.equal(await sessions(), 0)
    post(ping, { status: 404, body: error(null) }, ofSession('a'))
    assert.equal(await sessions(), 0)
    const stream = begin('GET', ofSession('a'))
    assert.equal(await sessions(), 0)
    stream.respond(200, STREAM_TYPE)
    assert.equal(await sessions(), 1)
    clock.ms = 99 * 60_000
    assert.equal(await sessions(), 1)
  })
})
