// Apps without hooks that name their routes themselves, as the documents show it, each for paths of its own in one server.
import { createServer } from 'node:http'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import { initTRPC } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import zeroHttp from '0http'
import { setRoute } from 'agentgateway-otel'
import connect from 'connect'
import express from 'express'
import finalhandler from 'finalhandler'
import findMyWay from 'find-my-way'
import { createSchema, createYoga } from 'graphql-yoga'
import polka from 'polka'
import polka1 from 'polka-1'
import restana from 'restana'
import Router from 'router'

/** A handler of a router: it gets Node's request. */
const nameRoute = (template) => (request, response) => {
  setRoute(request, template)
  response.end('ok')
}
const finder = findMyWay()
finder.on('GET', '/find-my-way/:id', nameRoute('/find-my-way/:id'))
const zero = zeroHttp().router.get('/0http/:id', nameRoute('/0http/:id'))
const service = restana().get('/restana/:id', nameRoute('/restana/:id'))
const end = (request, response) => finalhandler(request, response, { env: 'test' })
const router = Router().get('/router/:id', nameRoute('/router/:id'))
const expressRouter = express.Router().get('/express-router/:id', nameRoute('/express-router/:id'))
const { router: createRouter, procedure } = initTRPC.create()
const apollo = new ApolloServer({ typeDefs: 'type Query { hello: String }', csrfPrevention: false })
await apollo.start()

const handlers = {
  connect: connect().use('/connect', nameRoute('/connect')),
  'find-my-way': (request, response) => finder.lookup(request, response),
  '0http': (request, response) => zero.lookup(request, response),
  restana: (request, response) => service.handle(request, response),
  polka: polka().get('/polka/:id', nameRoute('/polka/:id')).handler,
  'polka-1': polka1().get('/polka-1/:id', nameRoute('/polka-1/:id')).handler,
  router: (request, response) => router(request, response, end(request, response)),
  'express-router': (request, response) => expressRouter(request, response, end(request, response)),
  trpc: createHTTPHandler({
    router: createRouter({ hello: procedure.query(() => 'ok') }),
    basePath: '/trpc/',
    createContext: ({ req }) => setRoute(req, '/trpc/hello') ?? {},
  }),
  graphql: createYoga({
    schema: createSchema({ typeDefs: 'type Query { hello: String }' }),
    logging: false,
    context: ({ req }) => setRoute(req, '/graphql'),
  }),
  apollo: express().use(
    '/apollo',
    express.json(),
    expressMiddleware(apollo, { context: async ({ req }) => setRoute(req, '/apollo') ?? {} }),
  ),
}
const server = createServer((request, response) => handlers[request.url.split(/[/?]/)[1]](request, response))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
