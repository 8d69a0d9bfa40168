import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createInstruments, createLabelSet, DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { createScrapeEndpoint, type ScrapeEndpoint } from './index.ts'

let endpoint: ScrapeEndpoint
let provider: MeterProvider
let url: string
let errors: unknown[]

beforeEach(async () => {
  errors = []
  endpoint = createScrapeEndpoint({ onError: (error) => errors.push(error) })
  provider = new MeterProvider({ readers: [endpoint.reader] })
  url = (await endpoint.listen({ host: '127.0.0.1', port: 0 })).url
})
afterEach(() => endpoint.close())

/** Requests the target over node:http, which decodes nothing; by GET unless the options say otherwise. */
async function get(target: string, options: http.RequestOptions = {}) {
  const request = http.request(target, { agent: false, ...options }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const body = Buffer.concat(await response.toArray())
  return { status: response.statusCode, headers: response.headers, body }
}

describe('the scrape endpoint', () => {
  it("declares the default metrics before anything is counted, in Prometheus' text format", async () => {
    const { status, headers, body } = await get(url)
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    const lines = DEFAULT_METRICS.flatMap(({ name, help, kind }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${kind}`,
    ])
    assert.equal(body.toString(), `${lines.join('\n')}\n`)
  })

  it('serves what was counted, and declares each family once', async () => {
    const labels = createLabelSet('http')
    createInstruments(provider.getMeter('test'), ['requests']).requests?.add(
      2,
      labels.of('GET', '200', 'a "b"\\c\nd', 'http'),
    )
    const text = (await get(url)).body.toString()
    assert.ok(
      text.includes(
        'agentgateway_requests_total{method="GET",status="200",route="a \\"b\\"\\\\c\\nd",protocol="http"} 2\n',
      ),
    )
    for (const { name } of DEFAULT_METRICS) assert.equal(text.split(`# TYPE ${name} `).length, 2, name)
  })

  it('declares no metric that was taken away', async () => {
    const { name } = METRICS.requestSize
    const other = createScrapeEndpoint({ metrics: [`-${name}`] })
    new MeterProvider({ readers: [other.reader] })
    try {
      const text = (await get((await other.listen({ host: '127.0.0.1', port: 0 })).url)).body.toString()
      assert.doesNotMatch(text, new RegExp(name))
      assert.equal(text.match(/^# TYPE /gm)?.length, DEFAULT_METRICS.length - 1)
    } finally {
      await other.close()
    }
  })

  it('ends the name of a metric in its unit, once', async () => {
    const meter = provider.getMeter('test')
    meter.createHistogram('http.server.request.duration', { unit: 's' }).record(1)
    meter.createCounter('read_bytes', { unit: 'By' }).add(2)
    const text = (await get(url)).body.toString()
    assert.match(text, /^# TYPE http_server_request_duration_seconds histogram$/m)
    assert.match(text, /^http_server_request_duration_seconds_count 1$/m)
    assert.match(text, /^read_bytes_total 2$/m)
    assert.doesNotMatch(text, /bytes_bytes/)
  })

  it('responds to HEAD without a body, and to other methods and paths with what to do', async () => {
    const head = await get(url, { method: 'HEAD' })
    assert.deepEqual([head.status, head.body.length], [200, 0])
    assert.equal(head.headers['content-type'], (await get(url)).headers['content-type'])
    const post = await get(url, { method: 'POST' })
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD'])
    const elsewhere = await get(new URL('/', url).href)
    assert.equal(elsewhere.status, 404)
    assert.match(elsewhere.body.toString(), /\/metrics/)
    assert.equal((await get(`${url}?x=1`)).status, 200)
  })

  it('compresses the response for a client that accepts gzip, and for no other', async () => {
    const plain = (await get(url)).body
    for (const [accepted, encoding] of [
      ['gzip', 'gzip'],
      ['br, gzip;q=0.5', 'gzip'],
      ['deflate,GZIP', 'gzip'],
      ['gzip;q=0', undefined],
      ['gzip; q=0.0, br', undefined],
      ['br', undefined],
      ['x-gzip-not', undefined],
    ] as const) {
      const { headers, body } = await get(url, { headers: { 'accept-encoding': accepted } })
      assert.equal(headers['content-encoding'], encoding, accepted)
      assert.equal(headers.vary, 'accept, accept-encoding')
      assert.deepEqual(encoding ? gunzipSync(body) : body, plain)
    }
  })

  it('responds with 500 when collecting fails, passes the error to onError only, and recovers', async () => {
    const failure = new Error('no metrics today')
    const { collect } = endpoint.reader
    endpoint.reader.collect = () => Promise.reject(failure)
    const { status, body } = await get(url)
    assert.equal(status, 500)
    assert.doesNotMatch(body.toString(), /no metrics today/)
    assert.deepEqual(errors, [failure])
    endpoint.reader.collect = collect
    assert.equal((await get(url)).status, 200)
  })

  it('responds with 500 when a value cannot be written', async () => {
    let isHostile = false
    const value = {
      toJSON() {
        if (isHostile) throw new Error('will not be serialized')
        return 'v'
      },
    }
    provider
      .getMeter('test')
      .createCounter('c_total')
      .add(1, { value: value as unknown as string })
    isHostile = true
    const { status } = await get(url)
    assert.equal(status, 500)
    assert.equal(errors.length, 1)
  })

  it('leaves out a metric whose callback fails, and serves the others', async () => {
    const meter = provider.getMeter('test')
    meter.createCounter('good_total').add(1)
    meter.createObservableGauge('bad').addCallback(() => {
      throw new Error('no value')
    })
    const { status, body } = await get(url)
    assert.equal(status, 200)
    assert.match(body.toString(), /good_total 1/)
    assert.equal(errors.length, 1)
  })

  it('shares one collection among scrapes that arrive while it is under way', async () => {
    let collections = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    provider
      .getMeter('test')
      .createObservableGauge('g')
      .addCallback(async (result) => {
        collections++
        await promise
        result.observe(1)
      })
    const scrapes = Array.from({ length: 5 }, () => get(url))
    while ((await connectionsOf(endpoint.server)) < 5 || collections === 0) await new Promise(setImmediate)
    resolve()
    for (const { body } of await Promise.all(scrapes)) assert.match(body.toString(), /\ng 1\n/)
    assert.ok(collections < 5, `${collections} collections`)
  })

  it('responds to malformed requests with an error, and goes on serving', async () => {
    for (const nonsense of ['nonsense\r\n\r\n', 'GET //[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n']) {
      const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
      socket.end(nonsense)
      const response = Buffer.concat(await socket.toArray()).toString()
      assert.match(response, /^HTTP\/1\.1 40[04] /)
    }
    assert.equal((await get(url)).status, 200)
  })

  it('has bound an address, or failed to, when bind returns, without a tick', async (test) => {
    const other = createScrapeEndpoint()
    const tick = test.mock.method(process, 'nextTick')
    const results: string[] = []
    for (const port of [Number(new URL(url).port), 0]) {
      other.bind({ host: '127.0.0.1', port }, ({ error }) => results.push(error?.code ?? 'listening'))
    }
    assert.deepEqual(results, ['EADDRINUSE', 'listening'])
    assert.equal(tick.mock.callCount(), 0)
    tick.mock.restore()
    await other.close()
  })

  it('rejects with EADDRINUSE when the port is taken', async () => {
    const other = createScrapeEndpoint()
    const port = Number(new URL(url).port)
    await assert.rejects(other.listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
  })

  it('can listen after it failed to', async () => {
    const other = createScrapeEndpoint()
    new MeterProvider({ readers: [other.reader] })
    const port = Number(new URL(url).port)
    const listeners = () => other.server.listenerCount('listening') + other.server.listenerCount('error')
    const before = listeners()
    for (let i = 0; i < 3; i++) await assert.rejects(other.listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
    assert.equal(listeners(), before)
    await endpoint.close()
    const again = await other.listen({ host: '127.0.0.1', port })
    assert.equal((await get(again.url)).status, 200)
    await other.close()
  })

  it('serves the exposition that replaces its own, once for scrapes that arrive together', async () => {
    let calls = 0
    let requests = 0
    endpoint.server.on('request', () => requests++)
    endpoint.expose(async () => {
      calls++
      while (requests < 3) await new Promise(setImmediate)
      return { write: () => [Buffer.from('other 1\n')], release: () => {} }
    })
    const responses = await Promise.all(Array.from({ length: 3 }, () => get(url)))
    assert.deepEqual(new Set(responses.map(({ body }) => body.toString())), new Set(['other 1\n']))
    assert.equal(calls, 1)
    const { body } = await get(url, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(gunzipSync(body).toString(), 'other 1\n')
  })

  it('limits how long a collection may wait for callbacks', async () => {
    const { reader } = endpoint
    const collect = reader.collect.bind(reader)
    const received: unknown[] = []
    reader.collect = (options) => {
      received.push(options)
      return collect(options)
    }
    await get(url)
    assert.deepEqual(received, [{ timeoutMillis: 5000 }])
  })
})

const connectionsOf = (server: http.Server) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
