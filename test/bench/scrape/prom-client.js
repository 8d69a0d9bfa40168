// The contestants with prom-client's API, which @prometheus-io/client has too.
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { DEFAULT_METRICS, LABEL_SETS } from '@agentgateway-otel/metrics'
import { GATEWAY, listen } from './listen.js'
import { bytesOf } from './requests.js'

/** One process with a registry. */
export function createPromClient(library, { format }) {
  const { registry, record } = createRegistry(library, format)
  return { listen: () => listen(createTextServer(registry.contentType, () => registry.metrics())), record }
}

/** The least that a scrape can cost: a server that has the text in memory. It is the text of the first scrape. */
export function createBare(library, { format }) {
  const { registry, record } = createRegistry(library, format)
  let text
  const server = createTextServer(registry.contentType, () => {
    text ??= registry.metrics()
    return text
  })
  return { listen: () => listen(server), record: (...request) => text === undefined && record(...request) }
}

/** The primary process of a cluster, which serves the sums of its workers; or, without a number of workers, a worker. */
export async function createPromClientCluster(library, { format, workers, workerConfig }) {
  const { AggregatorRegistry } = library
  if (workers === undefined) {
    const { registry, record } = createRegistry(library, format)
    AggregatorRegistry.setRegistries(registry)
    new AggregatorRegistry(registry.contentType)
    return { listen: async () => 0, record }
  }
  const registry = new AggregatorRegistry()
  cluster.setupPrimary({ args: [workerConfig] })
  const forked = Array.from({ length: workers }, () => cluster.fork())
  const forward = async (command) => {
    const done = forked.map((worker) => replyOf(worker))
    for (const worker of forked) worker.send({ command })
    await Promise.all(done)
  }
  await Promise.all(forked.map((worker) => replyOf(worker)))
  const server = createTextServer(registry.contentType, () => registry.clusterMetrics())
  return { listen: () => listen(server), record() {}, forward }
}

/**
 * Waits for the next message of a worker that is not one of the library's own. The listener stays until then: a worker's
 * messages may arrive together, and Node.js emits them before a promise of the first one is settled.
 */
function replyOf(worker) {
  return new Promise((resolve) => {
    worker.on('message', function onMessage(message) {
      if ('type' in message) return
      worker.off('message', onMessage)
      resolve()
    })
  })
}

/**
 * Serves a text as the libraries' examples do. They compress nothing, so a client that accepts gzip gets what
 * `zlib.gzip` makes of the whole text in a thread of libuv's pool.
 */
function createTextServer(contentType, textOf) {
  return createServer(async (request, response) => {
    response.setHeader('content-type', contentType)
    const text = await textOf()
    if (request.headers['accept-encoding'] !== 'gzip') return response.end(text)
    response.setHeader('content-encoding', 'gzip')
    response.end(await gzipped(text))
  })
}

const gzipped = promisify(gzip)

/** Makes all default metrics, since ours declares all of them, and returns a function that records the four of requests. */
function createRegistry({ Counter, Gauge, Histogram, Registry }, format) {
  const registry = new Registry(
    format === 'openmetrics' ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
  )
  const classes = { counter: Counter, gauge: Gauge, histogram: Histogram }
  const create = ({ name, help, kind, labels, buckets }) => {
    const labelNames = [...LABEL_SETS[labels].map(([label]) => label), 'gateway']
    const options = { name, help, labelNames, registers: [registry] }
    return new classes[kind](buckets === undefined ? options : { ...options, buckets: [...buckets] })
  }
  const metrics = Map.groupBy(DEFAULT_METRICS, ({ labels }) => labels === 'http')
  const [requests, requestDuration, requestSize, responseSize] = metrics.get(true).map(create)
  metrics.get(false).forEach(create)
  const record = ([method, status, route, protocol], durationSeconds) => {
    // `setDefaultLabels` would make every scrape slower than a label of the series.
    const labels = { method, status, route, protocol, gateway: GATEWAY }
    requests.inc(labels)
    requestDuration.observe(labels, durationSeconds)
    requestSize.observe(labels, bytesOf(durationSeconds))
    responseSize.observe(labels, bytesOf(durationSeconds))
  }
  return { registry, record }
}
