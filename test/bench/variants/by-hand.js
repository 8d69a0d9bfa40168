// The six HTTP metrics as a user would write them by hand, with data from the same diagnostics channels.
import { subscribe } from 'node:diagnostics_channel'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { endpoint, serve } from './endpoint.js'

/**
 * Counts the app's requests and connections with a client library that has the API of prom-client.
 *
 * @param {Pick<typeof import('prom-client'), 'Counter' | 'Gauge' | 'Histogram' | 'register'>} client
 */
export function countByHand({ Counter, Gauge, Histogram, register }) {
  const labelNames = LABEL_SETS.http.map(([name]) => name)
  const connectionLabelNames = LABEL_SETS.connection.map(([name]) => name)

  const histogram = ({ name, help, buckets }) => new Histogram({ name, help, labelNames, buckets: [...buckets] })
  const requests = new Counter({ name: METRICS.requests.name, help: METRICS.requests.help, labelNames })
  const duration = histogram(METRICS.requestDuration)
  const requestSize = histogram(METRICS.requestSize)
  const responseSize = histogram(METRICS.responseSize)
  const connections = new Counter({
    name: METRICS.connections.name,
    help: METRICS.connections.help,
    labelNames: connectionLabelNames,
  })
  const connectionsActive = new Gauge({
    name: METRICS.connectionsActive.name,
    help: METRICS.connectionsActive.help,
    labelNames: connectionLabelNames,
  })

  subscribe('http.server.request.start', ({ request, response, server }) => {
    if (server === endpoint) return
    const startMs = performance.now()
    response.once('close', () => {
      const labels = {
        method: request.method,
        status: response.writableFinished ? response.statusCode : 499,
        route: request.route?.path ?? 'unknown',
        protocol: 'http',
      }
      requests.inc(labels)
      duration.observe(labels, (performance.now() - startMs) / 1000)
      requestSize.observe(labels, Number(request.headers['content-length'] ?? 0))
      responseSize.observe(labels, Number(response.getHeader('content-length') ?? 0))
    })
  })

  subscribe('net.server.socket', ({ socket }) => {
    if (socket.server === endpoint) return
    const labels = { bind: String(socket.localPort), protocol: 'http' }
    connections.inc(labels)
    connectionsActive.inc(labels)
    socket.once('close', () => connectionsActive.dec(labels))
  })

  serve(async (_request, response) => response.end(await register.metrics()))
}
