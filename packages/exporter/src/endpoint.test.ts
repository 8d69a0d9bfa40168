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

/** Asks over node:http, which decodes nothing. */
async function ask(target: string, options: http.RequestOptions = {}) {
  const request = http.request(target, { agent: false, ...options }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const body = Buffer.concat(await response.toArray())
  return { status: response.statusCode, headers: response.headers, body }
}

describe('the scrape endpoint', () => {
  it("declares the default metrics before anything was counted, in Prometheus' text format", async () => {
    const { status, headers, body } = await ask(url)
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
    createInstruments(provider.getMeter('test'), ['requests']).requests.add(
      2,
      labels.of('GET', '200', 'a "b"\\c\nd', 'http'),
    )
    const text = (await ask(url)).body.toString()
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
      const text = (await ask((await other.listen({ host: '127.0.0.1', port: 0 })).url)).body.toString()
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
    const text = (await ask(url)).body.toString()
    assert.match(text, /^# TYPE http_server_request_duration_seconds histogram$/m)
    assert.match(text, /^http_server_request_duration_seconds_count 1$/m)
    assert.match(text, /^read_bytes_total 2$/m)
    assert.doesNotMatch(text, /bytes_bytes/)
  })

  it('answers HEAD without a body, and other methods and paths with what to do', async () => {
    const head = await ask(url, { method: 'HEAD' })
    assert.deepEqual([head.status, head.body.length], [200, 0])
    assert.equal(Number(head.headers['content-length']), (await ask(url)).body.length)
    const post = await ask(url, { method: 'POST' })
    assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD'])
    const elsewhere = await ask(new URL('/', url).href)
    assert.equal(elsewhere.status, 404)
    assert.match(elsewhere.body.toString(), /\/metrics/)
    assert.equal((await ask(`${url}?x=1`)).status, 200)
  })

  it('compresses for those who accept gzip, and only for them', async () => {
    const plain = (await ask(url)).body
    for (const [accepted, encoding] of [
      ['gzip', 'gzip'],
      ['br, gzip;q=0.5', 'gzip'],
      ['deflate,GZIP', 'gzip'],
      ['gzip;q=0', undefined],
      ['gzip; q=0.0, br', undefined],
      ['br', undefined],
      ['x-gzip-not', undefined],
    ] as const) {
      const { headers, body } = await ask(url, { headers: { 'accept-encoding': accepted } })
      assert.equal(headers['content-encoding'], encoding, accepted)
      assert.equal(headers.vary, 'accept-encoding')
      assert.deepEqual(encoding ? gunzipSync(body) : body, plain)
    }
  })

  it('answers 500 when collecting fails, tells why to its owner, and recovers', async () => {
    const failure = new Error('no metrics today')
    const { collect } = endpoint.reader
    endpoint.reader.collect = () => Promise.reject(failure)
    const { status, body } = await ask(url)
    assert.equal(status, 500)
    assert.doesNotMatch(body.toString(), /no metrics today/)
    assert.deepEqual(errors, [failure])
    endpoint.reader.collect = collect
    assert.equal((await ask(url)).status, 200)
  })

  it('answers 500 when something cannot be written out', async () => {
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
    const { status } = await ask(url)
    assert.equal(status, 500)
    assert.equal(errors.length, 1)
  })

  it('leaves out a metric whose callback fails, and serves the others', async () => {
    const meter = provider.getMeter('test')
    meter.createCounter('good_total').add(1)
    meter.createObservableGauge('bad').addCallback(() => {
      throw new Error('no value')
    })
    const { status, body } = await ask(url)
    assert.equal(status, 200)
    assert.match(body.toString(), /good_total 1/)
    assert.equal(errors.length, 1)
  })

  it('collects once for scrapes that come together', async () => {
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
    const scrapes = Array.from({ length: 5 }, () => ask(url))
    while ((await connectionsOf(endpoint.server)) < 5 || collections === 0) await new Promise(setImmediate)
    resolve()
    for (const { body } of await Promise.all(scrapes)) assert.match(body.toString(), /\ng 1\n/)
    assert.ok(collections < 5, `${collections} collections`)
  })

  it('refuses malformed requests, one client or many, and goes on', async () => {
    for (const nonsense of ['nonsense\r\n\r\n', 'GET //[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n']) {
      const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
      socket.end(nonsense)
      const heard = Buffer.concat(await socket.toArray()).toString()
      assert.match(heard, /^HTTP\/1\.1 40[04] /)
    }
    assert.equal((await ask(url)).status, 200)
  })

  it('has bound an address, or failed to, when bind returns, without a tick', async (test) => {
    const other = createScrapeEndpoint()
    const tick = test.mock.method(process, 'nextTick')
    const outcomes: string[] = []
    const attempt = (port: number) =>
      other.bind(
        { host: '127.0.0.1', port },
        () => outcomes.push('listening'),
        ({ code }) => outcomes.push(code ?? ''),
      )
    attempt(Number(new URL(url).port))
    attempt(0)
    assert.deepEqual(outcomes, ['EADDRINUSE', 'listening'])
    assert.equal(tick.mock.callCount(), 0)
    tick.mock.restore()
    await other.close()
  })

  it('says in its error when the port is taken', async () => {
    const other = createScrapeEndpoint()
    const port = Number(new URL(url).port)
    await assert.rejects(other.listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
  })

  it('can be tried again after that', async () => {
    const other = createScrapeEndpoint()
    new MeterProvider({ readers: [other.reader] })
    const port = Number(new URL(url).port)
    const listeners = () => other.server.listenerCount('listening') + other.server.listenerCount('error')
    const before = listeners()
    for (let i = 0; i < 3; i++) await assert.rejects(other.listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' })
    assert.equal(listeners(), before)
    await endpoint.close()
    const again = await other.listen({ host: '127.0.0.1', port })
    assert.equal((await ask(again.url)).status, 200)
    await other.close()
  })

  it('serves what it is given instead, once for scrapes that come together', async () => {
    let calls = 0
    let requests = 0
    endpoint.server.on('request', () => requests++)
    endpoint.expose(async () => {
      calls++
      while (requests < 3) await new Promise(setImmediate)
      return Buffer.from('other 1\n')
    })
    const answers = await Promise.all(Array.from({ length: 3 }, () => ask(url)))
    assert.deepEqual(new Set(answers.map(({ body }) => body.toString())), new Set(['other 1\n']))
    assert.equal(calls, 1)
    const { body } = await ask(url, { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(gunzipSync(body).toString(), 'other 1\n')
  })

  it('lets no callback take as long as it likes', async () => {
    const { reader } = endpoint
    const collect = reader.collect.bind(reader)
    const given: unknown[] = []
    reader.collect = (options) => {
      given.push(options)
      return collect(options)
    }
    await ask(url)
    assert.deepEqual(given, [{ timeoutMillis: 5000 }])
  })
})

const connectionsOf = (server: http.Server) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
