import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { type MeterProvider as ApiMeterProvider, createNoopMeter, DiagLogLevel, diag } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { getInstrumentations } from './get-instrumentations.ts'
import type { InstrumentationOptions } from './options.ts'

const REQUESTS = 'agentgateway_requests_total'

let server: http.Server
let url: string
/** What the app's OpenTelemetry logger got. */
let messages: string[] = []

before(async () => {
  server = http.createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const log = (message: string) => void messages.push(message)
  diag.setLogger({ error: log, warn: log, info: log, debug: log, verbose: log }, DiagLogLevel.INFO)
})
after(() => {
  diag.disable()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  messages = []
})

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Sends a request; resolves when it has been counted, or would have been. */
async function send(path = ''): Promise<void> {
  const seen = once(server, 'request')
  const response = await fetch(url + path, { headers: { connection: 'close' } })
  await response.text()
  const [, served] = (await seen) as [unknown, http.ServerResponse]
  if (!served.closed) await once(served, 'close')
}

/** A MeterProvider of the SDK, and the points of a metric that its reader collects. */
function createSdk(attributes: Record<string, string | Promise<string>> = { 'service.name': 'shop' }) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  const provider = new MeterProvider({ readers: [reader], resource: resourceFromAttributes(attributes) })
  cleanUps.push(() => provider.shutdown())
  async function points(name = REQUESTS): Promise<readonly DataPoint<unknown>[]> {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    return metrics.filter(({ descriptor }) => descriptor.name === name).flatMap(({ dataPoints }) => [...dataPoints])
  }
  return { provider, points, names: async () => names(await reader.collect()) }
}

const names = ({ resourceMetrics }: Awaited<ReturnType<PeriodicExportingMetricReader['collect']>>) =>
  resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name))

function register(options?: InstrumentationOptions, meterProvider?: ApiMeterProvider) {
  const instrumentations = getInstrumentations(options)
  cleanUps.push(registerInstrumentations({ instrumentations, ...(meterProvider && { meterProvider }) }))
  return instrumentations
}

describe('getInstrumentations', () => {
  it('records nothing before an SDK enables the instrumentations', async () => {
    const { provider, points } = createSdk()
    for (const instrumentation of getInstrumentations()) instrumentation.setMeterProvider(provider)
    await send()
    assert.deepEqual(await points(), [])
  })

  it('records each request once, with the service name of the SDK as `gateway`', async () => {
    const { provider, points } = createSdk()
    register({}, provider)
    await send()
    await send()
    assert.deepEqual(
      (await points()).map(({ value, attributes }) => [value, attributes.gateway]),
      [[2, 'shop']],
    )
  })

  it('records with a MeterProvider that comes after the instrumentations were enabled', async () => {
    const { provider, points } = createSdk()
    const instrumentations = register()
    await send()
    for (const instrumentation of instrumentations) instrumentation.setMeterProvider(provider)
    await send()
    assert.deepEqual(
      (await points()).map(({ value }) => value),
      [1],
    )
  })

  it('stops when it is disabled, and goes on when it is enabled again', async () => {
    const { provider, points } = createSdk()
    const instrumentations = register({}, provider)
    await send()
    for (const instrumentation of instrumentations) instrumentation.disable()
    assert.deepEqual(
      instrumentations.map((instrumentation) => instrumentation.getConfig().enabled),
      [false, false, false],
    )
    await send()
    for (const instrumentation of instrumentations) instrumentation.enable()
    await send()
    for (const instrumentation of instrumentations) instrumentation.setConfig({ enabled: true })
    await send()
    assert.deepEqual(
      (await points()).map(({ value }) => value),
      [3],
    )
  })

  it('reports the connections that are open in a gauge, also after it was disabled and enabled', async () => {
    const { provider, points } = createSdk()
    const instrumentations = register({}, provider)
    for (const instrumentation of instrumentations) {
      instrumentation.disable()
      instrumentation.enable()
    }
    await send()
    const active = await points('agentgateway_connections_active')
    assert.deepEqual(
      active.map(({ value, attributes }) => [value, attributes.gateway]),
      [[0, 'shop']],
    )
  })

  it('makes the metrics that `metrics` selects', async () => {
    const { provider, names } = createSdk()
    register({ metrics: ['-agentgateway_request_size_bytes'] }, provider)
    await send()
    const made = await names()
    assert.ok(made.includes('agentgateway_response_size_bytes'))
    assert.equal(made.includes('agentgateway_request_size_bytes'), false)
  })

  it('leaves out the requests to `ignorePaths`', async () => {
    const { provider, points } = createSdk()
    register({ ignorePaths: ['/healthz'] }, provider)
    await send()
    await send('healthz')
    assert.deepEqual(
      (await points()).map(({ value }) => value),
      [1],
    )
  })

  it('gives histograms the buckets of the table', async () => {
    const { provider, points } = createSdk()
    register({}, provider)
    await send()
    for (const metric of DEFAULT_METRICS) {
      if (metric.kind !== 'histogram' || metric.labels !== 'http') continue
      const [{ value }] = (await points(metric.name)) as [DataPoint<Histogram>]
      assert.deepEqual(value.buckets.boundaries, metric.buckets)
    }
  })

  describe('the label `gateway`', () => {
    const gatewayOf = async (
      attributes: Record<string, string | Promise<string>>,
      options?: InstrumentationOptions,
    ) => {
      const { provider, points } = createSdk(attributes)
      register(options, provider)
      await send()
      return (await points())[0]?.attributes.gateway
    }

    it('is the option `gateway` where there is one', async () => {
      assert.equal(await gatewayOf({ 'service.name': 'shop' }, { gateway: 'edge' }), 'edge')
    })

    it('is the default of the semantic conventions where the app names no service', async () => {
      assert.equal(await gatewayOf({}), 'unknown_service:node')
      assert.equal(await gatewayOf({ 'service.name': 'unknown_service:/usr/bin/node' }), 'unknown_service:node')
    })

    it('is read without an error in the log while a resource detector is at work', async () => {
      const never = new Promise<string>((resolve) => cleanUps.unshift(() => resolve('host')))
      const { provider } = createSdk({ 'host.name': never, 'service.name': 'shop' })
      register({}, provider)
      await send()
      assert.deepEqual(messages, [])
    })
  })

  it('warns once of a provider without the instruments that are needed, and throws nothing', async () => {
    const meter = { createCounter: createNoopMeter().createCounter } as never
    register({}, { getMeter: () => meter })
    register({}, {} as never)
    await send()
    assert.equal(messages.length, 1)
    assert.match(messages[0] ?? '', /^agentgateway-otel: no metrics are recorded, .* version 2\.x or 3\.x of the SDK$/)
  })

  const WRONG: readonly (readonly [unknown, RegExp])[] = [
    [null, /the argument is null; allowed: an object of options$/],
    [{ metric: [] }, /has no option metric; did you mean metrics\?$/],
    [{ gateway: '' }, /gateway is ""; allowed: a string that is not empty$/],
    [{ metrics: 'mcp' }, /metrics is "mcp"; allowed: an array of names of metrics and groups$/],
    [{ metrics: ['mcps'] }, /metrics is "mcps"; .* did you mean "mcp"\?$/],
    [{ metrics: ['-agentgateway_request_total'] }, /did you mean "-agentgateway_requests_total"\?$/],
    [{ metrics: [7] }, /metrics is 7; allowed: names of metrics and groups$/],
    [{ llmHosts: ['llm.internal'] }, /llmHosts is llm\.internal; allowed: an object of names of systems by host$/],
    [{ llmHosts: { 'llm.internal': '' } }, /llmHosts\["llm\.internal"\] is ""; allowed: a system's name/],
    [{ llmHosts: { 'http://llm/': 'openai' } }, /llmHosts\["http:\/\/llm\/"\] is "openai"; allowed: a system's name/],
    [{ routes: 'none' }, /routes is "none"; allowed: "auto" or "explicit"$/],
    [{ ignorePaths: '/healthz' }, /ignorePaths is "\/healthz"; allowed: an array of paths$/],
    [{ ignorePaths: ['healthz'] }, /ignorePaths is "healthz"; allowed: paths such as \/healthz or \/internal\/\*$/],
    [{ mcpSessionIdleSeconds: 0 }, /mcpSessionIdleSeconds is 0; allowed: a whole number of seconds from 1 on$/],
    [{ mcpSessionIdleSeconds: '60' }, /mcpSessionIdleSeconds is "60"; allowed/],
  ]
  for (const [options, message] of WRONG) {
    it(`throws a TypeError for ${JSON.stringify(options)}`, () => {
      assert.throws(() => getInstrumentations(options as never), { name: 'TypeError', message })
    })
  }

  it('takes every option', () => {
    const options = {
      gateway: 'shop',
      metrics: ['mcp', '-agentgateway_request_size_bytes'],
      llmHosts: { 'LLM.internal': 'openai', '10.0.0.5:8000': 'vllm', '[::1]:80': 'vllm' },
      ignorePaths: ['/healthz', '/internal/*'],
      routes: 'explicit' as const,
      mcpSessionIdleSeconds: 60,
    }
    assert.equal(getInstrumentations(options).length, 3)
    assert.equal(getInstrumentations({ gateway: undefined } as never).length, 3)
  })
})
