// HTTP/2 servers without TLS, by Fastify and by both APIs of Node. Prints their ports as JSON.
import http2 from 'node:http2'
import Router from '@koa/router'
import { setRoute } from 'agentgateway-otel'
import Fastify from 'fastify'
import Koa from 'koa'

const fastify = Fastify({ http2: true })
fastify.get('/fastify/:id', async () => 'ok')
await fastify.listen({ host: '127.0.0.1', port: 0 })

const router = new Router({ prefix: '/koa' })
router.get('/:id', (ctx) => {
  ctx.body = 'ok'
})
const koa = new Koa()
koa.use((ctx, next) => {
  setRoute(ctx)
  return next()
})
koa.use(router.routes())

const streams = http2.createServer()
streams.on('stream', (stream) => {
  setRoute(stream, '/streams/:id')
  stream.respond({ ':status': 200 })
  stream.end('ok')
})

const servers = { fastify: fastify.server, koa: http2.createServer(koa.callback()), streams }
await Promise.all(
  [servers.koa, streams].map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))),
)
console.log(`ready ${JSON.stringify(Object.entries(servers).map(([name, server]) => [name, server.address().port]))}`)
