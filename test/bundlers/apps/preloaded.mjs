// An app that loads the preload itself, as an app in one file has to.
import 'agentgateway-otel/register'
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'

const server = createServer((request, response) => {
  setRoute(request, '/hello/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
