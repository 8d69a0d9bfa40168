// Servers of Express, Fastify, node:http and both APIs of node:http2 that respond to every path. Prints their ports as JSON.
import http from 'node:http'
import http2 from 'node:http2'
import express from 'express'
import Fastify from 'fastify'

// The path that was requested decides, not the one that the app makes of it.
const rewriteUrl = ({ url }) => (url === '/old' ? '/healthz' : url)
const fastify = Fastify({ rewriteUrl })
fastify.all('/*', async () => 'ok')
await fastify.ready()

const health = express.Router()
health.use((_request, response) => response.send('ok'))
const app = express()
app.use((request, _response, next) => {
  request.url = rewriteUrl(request)
  next()
})
app.use('/internal', health)
app.use(health)

function respond(request, response) {
  request.url = rewriteUrl(request)
  if (request.method !== 'POST') return response.end('ok')
  response.setHeader('content-type', 'application/json')
  response.end('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}')
}

const streams = http2.createServer()
streams.on('stream', (stream) => {
  stream.respond({ ':status': 200 })
  stream.end('ok')
})

const servers = {
  http: http.createServer(respond),
  express: http.createServer(app),
  fastify: fastify.server,
  http2: http2.createServer(respond),
  streams,
}
for (const server of Object.values(servers)) await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
console.log(`ready ${JSON.stringify(Object.entries(servers).map(([name, server]) => [name, server.address().port]))}`)
