// An app that uses no more of the package than `setRoute`.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'

createServer((request, response) => {
  setRoute(request, '/hello/:name')
  response.end('hello')
})
