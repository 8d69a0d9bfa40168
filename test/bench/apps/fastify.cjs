// The same API as express.cjs with Fastify, and with a schema by which Fastify serializes the response.
const Fastify = require('fastify')
const measured = require('./measured.cjs')

const line = {
  type: 'object',
  properties: { sku: { type: 'string' }, price: { type: 'number' }, count: { type: 'integer' } },
}
const responseSchema = {
  type: 'object',
  properties: {
    shop: { type: 'string' },
    order: { type: 'string' },
    total: { type: 'number' },
    lines: { type: 'array', items: line },
  },
}

const app = Fastify()
if (process.env.FASTIFY_METRICS) app.register(require('fastify-metrics').default, { endpoint: '/metrics' })
app.after(() => {
  app.post('/shops/:shop/orders/:order', { schema: { response: { 200: responseSchema } } }, async (request) => {
    const { shop, order } = request.params
    const { lines } = request.body
    return { shop, order, total: lines.reduce((sum, { price, count }) => sum + price * count, 0), lines }
  })
})

app.listen({ port: 0, host: '127.0.0.1' }).then(() => {
  measured(app.server)
  if (process.env.FASTIFY_METRICS) console.error(`http://127.0.0.1:${app.server.address().port}/metrics`)
})
