// The libraries that a scrape is measured with. Each serves the same metrics with the same series, the way its own
// documentation shows. A library is loaded only when it is used, so that it cannot affect the others.
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { createInstruments, createLabelSet, DEFAULT_METRICS, LABEL_SETS } from '@agentgateway-otel/metrics'

/**
 * @typedef {'text' | 'openmetrics'} Format
 *
 * @typedef {readonly [method: string, status: string, route: string, protocol: string]} LabelValues
 *
 * @typedef {object} Contestant
 * @property {import('node:http').Server} server
 * @property {(labels: LabelValues, value: number) => void} record records a value with each of the four metrics of requests
 */

/** The value of the constant label that every series has. */
const GATEWAY = 'bench'

const KEYS = ['requests', 'requestDuration', 'requestSize', 'responseSize']

/** As many as the label set has at most. */
const MAX_SERIES = 2000

/** @type {Record<string, (format: Format) => Promise<Contestant>>} */
export const CONTESTANTS = {
  async 'agentgateway-otel'() {
    const { MeterProvider } = await import('@agentgateway-otel/meter')
    const { createScrapeEndpoint } = await import('@agentgateway-otel/exporter')
    const { resourceFromAttributes } = await import('@opentelemetry/resources')
    const { reader, server } = createScrapeEndpoint({ onError: fail })
    const resource = resourceFromAttributes({ gateway: GATEWAY })
    const provider = new MeterProvider({ readers: [reader], resource, cardinalityLimit: 2 * MAX_SERIES })
    server.ref()
    return { server, record: recorderOf(provider.getMeter('bench')) }
  },

  async 'exporter-prometheus'() {
    const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
    const { resourceFromAttributes } = await import('@opentelemetry/resources')
    const exporter = await createPrometheusExporter()
    const views = [{ instrumentName: '*', aggregationCardinalityLimit: 2 * MAX_SERIES }]
    const resource = resourceFromAttributes({ gateway: GATEWAY })
    const provider = new MeterProvider({ readers: [exporter], resource, views })
    return { server: serverOf(exporter), record: recorderOf(provider.getMeter('bench')) }
  },

  async 'exporter-prometheus over packages/meter'() {
    const { MeterProvider } = await import('@agentgateway-otel/meter')
    const { resourceFromAttributes } = await import('@opentelemetry/resources')
    const exporter = await createPrometheusExporter()
    const resource = resourceFromAttributes({ gateway: GATEWAY })
    const provider = new MeterProvider({ readers: [exporter], resource, cardinalityLimit: 2 * MAX_SERIES })
    return { server: serverOf(exporter), record: recorderOf(provider.getMeter('bench')) }
  },

  'prom-client': async (format) => promClient(await import('prom-client'), format),

  '@prometheus-io/client': async (format) => promClient(await import('@prometheus-io/client'), format),
}

/** A contestant that fails must not be measured. */
function fail(error) {
  console.error(error)
  process.exit(1)
}

/** Returns a function that records with the instruments and the interned attributes of `packages/metrics`. */
function recorderOf(meter) {
  const labelSet = createLabelSet('http')
  const { requests, requestDuration, requestSize, responseSize } = createInstruments(meter, KEYS)
  return (labels, value) => {
    const attributes = labelSet.of(...labels)
    requests.add(1, attributes)
    requestDuration.record(value, attributes)
    requestSize.record(bytesOf(value), attributes)
    responseSize.record(bytesOf(value), attributes)
  }
}

/** Turns a duration in seconds into a size in bytes. */
function bytesOf(seconds) {
  return Math.round(seconds * 100_000)
}

/** Without scope labels and `target_info`, which the others do not have. */
async function createPrometheusExporter() {
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  return new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
    withResourceConstantLabels: /^gateway$/,
  })
}

function serverOf(exporter) {
  return createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
}

const gzipAsync = promisify(gzip)

/**
 * prom-client and its successor have the same API. They compress nothing by themselves, so a client that accepts gzip
 * gets what `zlib.gzip` makes of the text, in a thread of libuv's pool.
 */
async function promClient({ Counter, Gauge, Histogram, Registry }, format) {
  const contentType = format === 'openmetrics' ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
  const registry = new Registry(contentType)
  const classes = { counter: Counter, gauge: Gauge, histogram: Histogram }
  const metrics = DEFAULT_METRICS.map(({ name, help, kind, labels, buckets }) => {
    const labelNames = [...LABEL_SETS[labels].map(([label]) => label), 'gateway']
    const metric = new classes[kind]({
      name,
      help,
      labelNames,
      registers: [registry],
      ...(buckets && { buckets: [...buckets] }),
    })
    return { metric, name, labels }
  })
  const [requests, requestDuration, requestSize, responseSize] = metrics
    .filter(({ labels }) => labels === 'http')
    .map(({ metric }) => metric)
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', registry.contentType)
    const text = await registry.metrics()
    if (!/\bgzip\b/.test(request.headers['accept-encoding'])) return response.end(text)
    response.setHeader('content-encoding', 'gzip')
    response.end(await gzipAsync(text))
  })
  const record = ([method, status, route, protocol], value) => {
    const labels = { method, status, route, protocol, gateway: GATEWAY }
    requests.inc(labels)
    requestDuration.observe(labels, value)
    requestSize.observe(labels, bytesOf(value))
    responseSize.observe(labels, bytesOf(value))
  }
  return { server, record }
}
