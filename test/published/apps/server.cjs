const { createServer } = require('node:http')
const { setRoute } = require('agentgateway-otel')

createServer((request, response) => {
  if (request.url === '/end') process.exit()
  setRoute(request, '/greetings/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', function () {
  console.log(`ready ${this.address().port}`)
})
