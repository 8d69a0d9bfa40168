// A JSON API with Express: the request body is parsed, the path has two parameters, and the response is JSON.
const express = require('express')
const measured = require('./measured.cjs')

const app = express()
app.disable('x-powered-by')
if (process.env.EXPRESS_PROM_BUNDLE) {
  const bundle = require('express-prom-bundle')
  app.use(bundle({ includeMethod: true, includePath: true, httpDurationMetricName: 'http_request_duration_seconds' }))
}
app.use(express.json())
app.post('/shops/:shop/orders/:order', (request, response) => {
  const { shop, order } = request.params
  const { lines } = request.body
  response.json({ shop, order, total: lines.reduce((sum, { price, count }) => sum + price * count, 0), lines })
})

const server = app.listen(0, '127.0.0.1', () => {
  measured(server)
  if (process.env.EXPRESS_PROM_BUNDLE) console.error(`http://127.0.0.1:${server.address().port}/metrics`)
})
