import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type App, startApp } from '../../harness/app.ts'
import { sumOf } from '../../harness/prometheus-text.ts'
import type { Collector } from './collectors/collector.ts'
import { startDatadog } from './collectors/datadog.ts'
import { startOtlp } from './collectors/otlp.ts'

const agent = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const OTEL_3 = agent('./otel-3/agent.cjs')
const OTEL_2 = agent('./agents/otel-2.cjs')
const MANUAL = agent('./agents/otel-manual.cjs')
const DATADOG = agent('./agents/datadog-bridge.cjs')
const BROKEN = agent('./agents/broken.cjs')

const REQUESTS = 'agentgateway_request_duration_seconds'
const CALLS = 'agentgateway_llm_request_duration_seconds'
/** One of each bucket from 1 ms to 500 ms. */
const DELAYS_MS = [2, 7, 15, 35, 70, 150, 300]

interface Exemplar {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly traceId: string
  readonly milliseconds: number
}

/** A request of the test to the app. */
interface Sent {
  readonly path: string
  readonly status: number
  /** The trace that the app saw as it responded. */
  readonly trace: string
  readonly sampled: boolean
  readonly startMs: number
  readonly endMs: number
}

const LINE = /^(\w+)_bucket\{(.*)\} \d+ # \{trace_id="([0-9a-f]{32})",span_id="[0-9a-f]{16}"\} ([0-9.e+-]+) ([0-9.]+)$/

function parseExemplars(text: string): readonly Exemplar[] {
  return text.split('\n').flatMap((line) => {
    if (!line.includes(' # ')) return []
    const [, metric = '', labelText = '', traceId = '', seconds, time] = LINE.exec(line) ?? []
    assert.ok(metric, line)
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value ?? '']),
    )
    assert.ok(labels.le === '+Inf' || Number(labels.le) >= Number(seconds), line)
    assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 600, line)
    return [{ metric, labels, traceId, milliseconds: Number(seconds) * 1000 }]
  })
}

/** A stand-in for an LLM provider, which waits as many milliseconds as the request's `user` says. */
const backend = http.createServer(async (request, response) => {
  const { model, user } = JSON.parse(Buffer.concat(await request.toArray()).toString())
  await sleep(Number(user))
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const message = { role: 'assistant', content: 'pong' }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ object: 'chat.completion', model, choices: [{ index: 0, message }], usage }))
})

class TracedApp {
  readonly #app: App
  readonly #metrics: string
  readonly #collector: Collector | undefined
  #sentCount = 0

  static async start(agent: string | undefined, env: Readonly<Record<string, string>> = {}): Promise<TracedApp> {
    const collector = agent === DATADOG ? await startDatadog() : agent && (await startOtlp())
    const app = await startApp(new URL('./apps/traced.cjs', import.meta.url), {
      env: {
        ...(collector ? collector.env : {}),
        ...(agent && { AGENT: agent }),
        ...env,
        BACKEND: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
      },
    })
    const [url] = await app.line(/http:\/\/\S+\/metrics/, 'stderr')
    return new TracedApp(app, url, collector || undefined)
  }

  private constructor(app: App, metrics: string, collector: Collector | undefined) {
    this.#app = app
    this.#metrics = metrics
    this.#collector = collector
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Sent> {
    this.#sentCount++
    const startMs = performance.now()
    const response = await fetch(`http://127.0.0.1:${this.#app.ready}${path}`, { headers })
    const body = (await response.json()) as Pick<Sent, 'trace' | 'sampled'>
    return { path, status: response.status, ...body, startMs, endMs: performance.now() }
  }

  /** Sends these requests at the same time. */
  getAll(paths: readonly string[], headersOf?: (i: number) => Readonly<Record<string, string>>) {
    return Promise.all(paths.map((path, i) => this.get(path, headersOf?.(i))))
  }

  /** Returns the exemplars when all requests are counted. */
  async exemplars(): Promise<readonly Exemplar[]> {
    await this.#app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') >= this.#sentCount)
    const response = await fetch(this.#metrics, { headers: { accept: 'application/openmetrics-text;version=1.0.0' } })
    return parseExemplars(await response.text())
  }

  async metrics() {
    return this.#app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') >= this.#sentCount)
  }

  readonly stderr = () => this.#app.stderr()

  async stop(): Promise<void> {
    await this.#app.stop('SIGKILL')
    await this.#collector?.close()
  }
}

const paths = (prefix: string, times = 3) => DELAYS_MS.flatMap((ms) => Array<string>(times).fill(`${prefix}/${ms}`))

/** A `traceparent` of a trace that no other request has. */
function traceparent(i: number, flags = '01') {
  const id = (i + 1).toString(16)
  return { traceparent: `00-${id.padStart(32, 'a')}-${id.padStart(16, 'b')}-${flags}` }
}

/**
 * Asserts that each exemplar is of the trace of one of these requests, and that the value is the duration of that request:
 * not shorter than the request's delay, nor longer than the client waited.
 */
function assertOfRequests(exemplars: readonly Exemplar[], sent: readonly Sent[]): void {
  for (const exemplar of exemplars) {
    const request = sent.find(({ trace }) => trace === exemplar.traceId)
    const shown = JSON.stringify({ exemplar, request, sent })
    assert.ok(request, shown)
    assert.ok(request.sampled, shown)
    const delayMs = Number(request.path.split('/').at(-1))
    // Timers may fire up to a millisecond early.
    assert.ok(exemplar.milliseconds > delayMs - 2, shown)
    assert.ok(exemplar.milliseconds < request.endMs - request.startMs + 1, shown)
    if (exemplar.metric !== REQUESTS) continue
    assert.equal(exemplar.labels.status, String(request.status), shown)
    assert.equal(exemplar.labels.route?.split('/')[1], request.path.split('/')[1], shown)
  }
}

const ofRoute = (exemplars: readonly Exemplar[], route: string) =>
  exemplars.filter(({ metric, labels }) => metric === REQUESTS && labels.route === route)

const ofModel = (exemplars: readonly Exemplar[], model: string) =>
  exemplars.filter(({ metric, labels }) => metric === CALLS && labels.gen_ai_request_model === model)

const assertSome = (exemplars: readonly Exemplar[], what: string) =>
  assert.notEqual(exemplars.length, 0, `no exemplar of ${what}`)

describe('exemplars', () => {
  before(() => once(backend.listen(0, '127.0.0.1'), 'listening'))
  after(() => {
    backend.closeAllConnections()
    backend.close()
  })

  for (const [name, module] of Object.entries({ 'NodeSDK 3': OTEL_3, 'NodeSDK 2': OTEL_2 })) {
    describe(`with HttpInstrumentation of ${name}`, () => {
      let app: TracedApp
      before(async () => {
        app = await TracedApp.start(module)
      })
      after(() => app.stop())

      it('are of the trace of the request whose duration they are, among concurrent requests', async () => {
        const sent = await app.getAll([...paths('/sleep'), ...paths('/fail')])
        const exemplars = await app.exemplars()
        assertSome(ofRoute(exemplars, '/sleep/:ms'), '/sleep')
        assertSome(ofRoute(exemplars, '/fail/:ms'), '/fail')
        assertOfRequests(exemplars, sent)
      })

      it('are absent of requests to which the app responds in the context of another one', async () => {
        const parked = ['/park', '/park', '/park', '/park']
        const sent = await app.getAll([...parked, '/release/4'], (i) => (i < 2 ? traceparent(i) : {}))
        assert.equal(new Set(sent.map(({ trace }) => trace)).size, 5)
        const exemplars = await app.exemplars()
        assert.deepEqual(ofRoute(exemplars, '/park'), [])
        assert.equal(ofRoute(exemplars, '/release/:count')[0]?.traceId, sent.at(-1)?.trace)
      })

      for (const client of ['fetch', 'openai', 'http', 'pooled', 'undici']) {
        it(`are of the trace of the LLM call whose duration they are, made with ${client}`, async () => {
          const sent = await app.getAll(paths(`/llm/${client}`))
          const exemplars = ofModel(await app.exemplars(), client)
          // It is not certain in whose context undici dispatches a request that may have waited for a connection.
          if (!['pooled', 'undici'].includes(client)) assertSome(exemplars, client)
          assertOfRequests(exemplars, sent)
        })
      }
    })
  }

  it('are absent for spans that are not sampled', async () => {
    const app = await TracedApp.start(OTEL_3, { OTEL_TRACES_SAMPLER: 'always_off' })
    try {
      await app.getAll([...paths('/sleep', 1), ...paths('/llm/fetch', 1), ...paths('/llm/http', 1)])
      assert.deepEqual(await app.exemplars(), [])
    } finally {
      await app.stop()
    }
  })

  it('are of sampled spans alone, of an SDK that samples a part of the traces', async () => {
    const app = await TracedApp.start(OTEL_3)
    try {
      const headersOf = (i: number) => traceparent(i, i % 2 === 0 ? '01' : '00')
      const sent = await app.getAll([...paths('/sleep', 4), ...paths('/llm/fetch', 4)], headersOf)
      const exemplars = await app.exemplars()
      assertSome(ofRoute(exemplars, '/sleep/:ms'), 'requests')
      assertSome(ofModel(exemplars, 'fetch'), 'calls')
      assertOfRequests(exemplars, sent)
    } finally {
      await app.stop()
    }
  })

  describe('of an app that makes all of its spans itself', () => {
    let app: TracedApp
    before(async () => {
      app = await TracedApp.start(MANUAL)
    })
    after(() => app.stop())

    it('are of the trace that the request names', async () => {
      const sent = await app.getAll(paths('/manual'), traceparent)
      const exemplars = ofRoute(await app.exemplars(), '/manual/:ms')
      assertSome(exemplars, 'requests')
      assertOfRequests(exemplars, sent)
    })

    for (const client of ['fetch', 'openai', 'http', 'pooled', 'undici']) {
      it(`are of the span around the LLM call whose duration they are, made with ${client}`, async () => {
        const sent = await app.getAll(paths(`/llm/${client}`))
        const exemplars = ofModel(await app.exemplars(), client)
        if (!['pooled', 'undici'].includes(client)) assertSome(exemplars, client)
        assertOfRequests(exemplars, sent)
      })
    }
  })

  it('are absent of a request whose trace is not certain', async () => {
    const app = await TracedApp.start(MANUAL)
    try {
      await app.getAll(paths('/manual'))
      assert.deepEqual(await app.exemplars(), [])
    } finally {
      await app.stop()
    }
  })

  it('are there with dd-trace, if its TracerProvider is registered', async () => {
    const app = await TracedApp.start(DATADOG)
    try {
      const sent = await app.getAll([...paths('/sleep'), ...paths('/llm/fetch'), ...paths('/llm/http')], traceparent)
      const exemplars = await app.exemplars()
      assertSome(ofRoute(exemplars, '/sleep/:ms'), 'requests')
      assertSome(ofModel(exemplars, 'fetch'), 'calls with fetch')
      assertSome(ofModel(exemplars, 'http'), 'calls with http')
      assertOfRequests(exemplars, sent)
    } finally {
      await app.stop()
    }
  })

  it('are absent without an SDK, also of requests with a traceparent', async () => {
    const app = await TracedApp.start(undefined)
    try {
      await app.getAll([...paths('/sleep', 1), ...paths('/llm/fetch', 1)], traceparent)
      assert.deepEqual(await app.exemplars(), [])
    } finally {
      await app.stop()
    }
  })

  it('cost no request its count if the global of the API is broken', async () => {
    const app = await TracedApp.start(undefined, { AGENT: BROKEN })
    try {
      const requests = 30
      for (let i = 0; i < requests; i++) assert.equal((await app.get('/plain')).status, 200)
      assert.deepEqual(await app.exemplars(), [])
      const families = await app.metrics()
      assert.equal(sumOf(families, 'agentgateway_requests_total'), requests)
      assert.equal(
        app
          .stderr()
          .split('\n')
          .filter((line) => line.startsWith('agentgateway-otel:')).length,
        1,
      )
    } finally {
      await app.stop()
    }
  })
})
