// An Express app with prom-client's default registry and default metrics, and with the middleware and /metrics of
// express-prom-bundle. Beside it is a Fastify app with fastify-metrics.
const express = require('express')
const bundle = require('express-prom-bundle')
const fastifyMetrics = require('fastify-metrics')
const client = require('prom-client')

client.collectDefaultMetrics()
const orders = new client.Counter({ name: 'orders_total', help: 'Orders', labelNames: ['item'] })

const app = express()
app.use(bundle({ includeMethod: true, includePath: true, normalizePath: [['^/items/.*', '/items/#id']] }))
app.get('/items/:id', (request, response) => {
  orders.inc({ item: request.params.id })
  response.json({ id: request.params.id })
})

async function start() {
  const fastify = require('fastify')()
  await fastify.register(fastifyMetrics, {
    endpoint: '/metrics',
    defaultMetrics: { enabled: false },
    promClient: client,
    routeMetrics: {
      overrides: { histogram: { name: 'fastify_request_seconds' }, summary: { name: 'fastify_request_summary' } },
    },
  })
  fastify.get('/things/:id', async (request) => ({ id: request.params.id }))
  await fastify.listen({ host: '127.0.0.1', port: 0 })
  const server = app.listen(0, '127.0.0.1', () => {
    console.log(`ready ${JSON.stringify({ express: server.address().port, fastify: fastify.server.address().port })}`)
  })
}
start()
