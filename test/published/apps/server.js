import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'

createServer((request, response) => {
  if (request.url === '/end') process.exit()
  setRoute(request, '/greetings/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', function () {
  console.log(`ready ${this.address().port}`)
})
