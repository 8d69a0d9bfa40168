// prom-client with a middleware that is written by hand, as in the articles about it, and a counter of the app's own.
const express = require('express')
const client = require('prom-client')
const { addRoutes, listen } = require('./shop.cjs')

const labelNames = ['method', 'route', 'status_code']
const requests = new client.Counter({ name: 'http_requests_total', help: 'HTTP requests', labelNames })
const duration = new client.Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests',
  labelNames,
})
const items = new client.Counter({ name: 'items_viewed_total', help: 'Items that were looked at' })
client.collectDefaultMetrics()

const app = express()
app.get('/metrics', async (_request, response) => {
  response.type(client.register.contentType).send(await client.register.metrics())
})
app.use((request, response, next) => {
  const end = duration.startTimer()
  response.on('finish', () => {
    const labels = {
      method: request.method,
      route: request.route?.path ?? 'unmatched',
      status_code: response.statusCode,
    }
    requests.inc(labels)
    end(labels)
  })
  next()
})
app.use('/items', (_request, _response, next) => {
  items.inc()
  next()
})
listen(addRoutes(app))
