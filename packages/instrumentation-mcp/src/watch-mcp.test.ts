import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { Exchange } from '@agentgateway-otel/wire'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { watchMcp } from './watch-mcp.ts'

class Reader extends MetricReader {
  protected override async onShutdown() {}
  protected override async onForceFlush() {}
}

type Headers = Readonly<Record<string, string>>

const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM_TYPE = { 'content-type': 'text/event-stream' }
const ACCEPT = { accept: 'application/json, text/event-stream' }
const MARKED = { 'mcp-protocol-version': '2025-06-18' }
const ENDPOINT = 'event: endpoint\ndata: /messages?sessionId=0123456789\n\n'

const ping = (id: number) => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })
const result = (id: number) => JSON.stringify({ jsonrpc: '2.0', id, result: {} })
const error = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'no' } })

/** Sets up exchanges with a server that are offered to the observers of all transports. */
function setUp() {
  const reader = new Reader()
  const { observers } = watchMcp(new MeterProvider({ readers: [reader] }).getMeter('test'), {})

  function begin(method: string, headers: Headers, target = '/mcp') {
    const exchange = {
      side: 'server',
      method,
      target,
      host: '',
      header: (name: string) => headers[name],
      protocol: 'http',
      startMs: 0,
      endMs: Number.NaN,
      requestBytes: 0,
      responseBytes: 0,
      incoming: undefined,
      socket: { localPort: 3000 } as Socket,
      isInCallerContext: false,
    } satisfies Exchange as Exchange
    const listeners = [...observers.values()].flatMap(({ serverExchange }) => serverExchange?.(exchange) ?? [])
    return {
      exchange,
      request(body: string) {
        for (const listener of listeners) {
          listener.requestBody?.(Buffer.from(body))
          listener.requestEnd?.()
        }
      },
      respond(status: number, headers: Headers) {
        for (const listener of listeners) listener.response?.({ status, header: (name) => headers[name] })
      },
      write(body: string) {
        for (const listener of listeners) listener.responseBody?.(Buffer.from(body))
      },
      end() {
        for (const listener of listeners) listener.end('complete')
      },
    }
  }

  /** Returns the counts of requests by `method|transport|status`. */
  async function requests(): Promise<Record<string, unknown>> {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const points = metrics.find(({ descriptor }) => descriptor.name === 'agentgateway_mcp_requests_total')?.dataPoints
    return Object.fromEntries(
      (points ?? []).map(({ attributes: { method, transport, status }, value }) => [
        `${method}|${transport}|${status}`,
        value,
      ]),
    )
  }

  return { begin, requests }
}

describe('watchMcp', () => {
  it('recognises a GET without a session by an MCP header and the response, or by the event endpoint', () => {
    const { begin } = setUp()
    function protocolOf(headers: Headers, status: number, type: Headers, body = ''): string {
      const { exchange, respond, write, end } = begin('GET', { accept: 'text/event-stream', ...headers })
      respond(status, type)
      write(body)
      end()
      return exchange.protocol
    }
    assert.equal(protocolOf(MARKED, 405, {}), 'mcp')
    assert.equal(protocolOf(MARKED, 200, STREAM_TYPE), 'mcp')
    assert.equal(protocolOf(MARKED, 200, STREAM_TYPE, ENDPOINT), 'mcp')
    assert.equal(protocolOf(MARKED, 404, JSON_TYPE, error), 'mcp')
    assert.equal(protocolOf(MARKED, 404, { 'content-type': 'text/html' }, 'Cannot GET /mcp'), 'http')
    assert.equal(protocolOf({}, 200, STREAM_TYPE, ENDPOINT), 'mcp')
    assert.equal(protocolOf({}, 200, STREAM_TYPE, `data: of another stream\n\n${ENDPOINT}`), 'http')
    assert.equal(protocolOf({}, 405, {}), 'http')
    assert.equal(protocolOf({}, 404, JSON_TYPE, error), 'http')
  })

  it('counts a POST for SSE if a stream gave its address, and for Streamable HTTP otherwise', async () => {
    const { begin, requests } = setUp()
    const stream = begin('GET', { accept: 'text/event-stream' }, '/sse')
    stream.respond(200, STREAM_TYPE)
    stream.write(ENDPOINT)
    for (const [id, target] of [
      [1, '/messages?sessionId=0123456789'],
      [2, '/mcp'],
    ] as const) {
      const post = begin('POST', { ...ACCEPT, ...JSON_TYPE }, target)
      post.request(ping(id))
      post.respond(id === 1 ? 202 : 200, JSON_TYPE)
      if (id === 2) post.write(result(id))
      post.end()
    }
    stream.write(`data: ${result(1)}\n\n`)
    stream.end()
    assert.deepEqual(await requests(), { 'ping|sse|ok': 1, 'ping|streamable_http|ok': 1 })
  })
})
