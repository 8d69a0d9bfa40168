// An app with a metric of its own, which the SDK that AGENT names exports.
require(process.env.AGENT)
const { createRequire } = require('node:module')
const http = require('node:http')
const { metrics } = createRequire(process.env.AGENT)('@opentelemetry/api')

const orders = metrics.getMeter('shop').createCounter('orders')
const server = http.createServer((_request, response) => {
  orders.add(1)
  response.end('ordered')
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
process.stdin.once('data', () => process.exit(7))
