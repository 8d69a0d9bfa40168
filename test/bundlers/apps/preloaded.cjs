// The same with CommonJS.
require('agentgateway-otel/register')
const { createServer } = require('node:http')
const { setRoute } = require('agentgateway-otel')

const server = createServer((request, response) => {
  setRoute(request, '/hello/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
