// The metrics libraries behind one interface, for processes that measure a library alone. Each library is loaded only
// when it is used, so that it cannot affect the others.

import { createServer } from 'node:http'

/**
 * @typedef {object} Instrument
 * @property {(value: number, labels: Record<string, string>) => void} record
 * @property {((labels: Record<string, string>) => (value: number) => void) | undefined} bind makes a child for the labels
 *
 * @typedef {object} Library
 * @property {(kind: Kind, labelNames: readonly string[]) => Instrument} instrument
 * @property {() => Promise<number>} listen serves the metrics on the loopback interface, and resolves with the port
 *
 * @typedef {'counter' | 'updown' | 'gauge' | 'histogram'} Kind
 */

/** The fourteen buckets of agentgateway_request_duration_seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 80]

const MAX_SERIES = 20_000

/** @type {Record<string, () => Promise<Library>>} */
export const LIBRARIES = {
  async 'packages/meter'() {
    const { MeterProvider } = await import('@agentgateway-otel/meter')
    const { createScrapeEndpoint } = await import('@agentgateway-otel/exporter')
    const { resourceFromAttributes } = await import('@opentelemetry/resources')
    const endpoint = createScrapeEndpoint()
    const resource = resourceFromAttributes({})
    const provider = new MeterProvider({ readers: [endpoint.reader], resource, cardinalityLimit: MAX_SERIES })
    return {
      instrument: instrumentsOf(provider.getMeter('bench')),
      listen: async () => Number(new URL((await endpoint.listen({ host: '127.0.0.1', port: 0 })).url).port),
    }
  },

  async 'sdk-metrics'() {
    const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
    const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
    const exporter = new PrometheusExporter({ preventServerStart: true })
    const views = [{ instrumentName: '*', aggregationCardinalityLimit: MAX_SERIES }]
    const provider = new MeterProvider({ readers: [exporter], views })
    return {
      instrument: instrumentsOf(provider.getMeter('bench')),
      listen: () => listen((request, response) => exporter.getMetricsRequestHandler(request, response)),
    }
  },

  'prom-client': async () => promClientLibrary(await import('prom-client')),

  '@prometheus-io/client': async () => promClientLibrary(await import('@prometheus-io/client')),
}

/** @returns {Library['instrument']} */
function instrumentsOf(meter) {
  return (kind) => {
    const name = `bench_${kind}`
    if (kind === 'counter') {
      const counter = meter.createCounter(name)
      return { record: (value, labels) => counter.add(value, labels) }
    }
    if (kind === 'updown') {
      const counter = meter.createUpDownCounter(name)
      return { record: (value, labels) => counter.add(value, labels) }
    }
    if (kind === 'gauge') {
      const gauge = meter.createGauge(name)
      return { record: (value, labels) => gauge.record(value, labels) }
    }
    const histogram = meter.createHistogram(name, { advice: { explicitBucketBoundaries: BUCKETS } })
    return { record: (value, labels) => histogram.record(value, labels) }
  }
}

/** @returns {Library} */
function promClientLibrary({ Counter, Gauge, Histogram, register }) {
  return {
    instrument(kind, labelNames) {
      const options = { name: `bench_${kind}_${labelNames.length}`, help: 'Help.', labelNames }
      if (kind === 'counter' || kind === 'updown') {
        const counter = kind === 'counter' ? new Counter(options) : new Gauge(options)
        return {
          record: (value, labels) => counter.inc(labels, value),
          bind: (labels) => {
            const child = counter.labels(labels)
            return (value) => child.inc(value)
          },
        }
      }
      if (kind === 'gauge') {
        const gauge = new Gauge(options)
        return {
          record: (value, labels) => gauge.set(labels, value),
          bind: (labels) => {
            const child = gauge.labels(labels)
            return (value) => child.set(value)
          },
        }
      }
      const histogram = new Histogram({ ...options, buckets: BUCKETS })
      return {
        record: (value, labels) => histogram.observe(labels, value),
        bind: (labels) => {
          const child = histogram.labels(labels)
          return (value) => child.observe(value)
        },
      }
    },
    listen: () => listen(async (_request, response) => response.end(await register.metrics())),
  }
}

/**
 * @param {import('node:http').RequestListener} respond
 * @returns {Promise<number>}
 */
function listen(respond) {
  const server = createServer(respond)
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}
