// What somebody would write by hand for the same six metrics: prom-client, fed by the same diagnostics channels.
import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { Counter, Gauge, Histogram, register } from 'prom-client'

const labelNames = LABEL_SETS.http.map(([name]) => name)
const connectionLabelNames = LABEL_SETS.connection.map(([name]) => name)

function histogram(key) {
  const { name, help, buckets } = METRICS[key]
  return new Histogram({ name, help, labelNames, buckets: [...buckets] })
}

const requests = new Counter({ name: METRICS.requests.name, help: METRICS.requests.help, labelNames })
const duration = histogram('requestDuration')
const requestSize = histogram('requestSize')
const responseSize = histogram('responseSize')
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

const endpoint = createServer(async (_request, response) => response.end(await register.metrics()))

subscribe('http.server.request.start', ({ request, response, server }) => {
  if (server === endpoint) return
  const startMs = performance.now()
  response.once('close', () => {
    const labels = {
      method: request.method,
      status: response.writableFinished ? response.statusCode : 499,
      route: 'unknown',
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

endpoint.listen(0, '127.0.0.1', () => {
  console.error(`http://127.0.0.1:${endpoint.address().port}/metrics`)
})
