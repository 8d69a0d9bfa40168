// Small routers, each for paths of its own, in one server.
import { createServer } from 'node:http'
import { initTRPC } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import zeroHttp from '0http'
import finalhandler from 'finalhandler'
import findMyWay from 'find-my-way'
import { createSchema, createYoga } from 'graphql-yoga'
import polka from 'polka'
import polka1 from 'polka-1'
import Router from 'router'

const ok = (_request, response) => response.end('ok')
const finder = findMyWay()
finder.on('GET', '/find-my-way/:id', ok)
const zero = zeroHttp().router
zero.use('/0http', zeroHttp().router.get('/:id', ok))
const router = Router().use('/router', Router().get('/:id', ok))
const { router: createRouter, procedure } = initTRPC.create()

const handlers = {
  'find-my-way': (request, response) => finder.lookup(request, response),
  '0http': (request, response) => zero.lookup(request, response),
  polka: polka().get('/polka/:id', ok).handler,
  'polka-1': polka1().get('/polka-1/:id', ok).handler,
  router: (request, response) => router(request, response, finalhandler(request, response)),
  trpc: createHTTPHandler({ router: createRouter({ hello: procedure.query(() => 'ok') }), basePath: '/trpc/' }),
  graphql: createYoga({ schema: createSchema({ typeDefs: 'type Query { hello: String }' }), logging: false }),
}
const server = createServer((request, response) => handlers[request.url.split(/[/?]/)[1]](request, response))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
