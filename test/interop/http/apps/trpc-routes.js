// A router of tRPC, which ADAPTER serves below `/trpc`.
import { loadExports } from './load-package.js'

const { initTRPC, lazy } = await loadExports('@trpc/server')
const { createExpressMiddleware } = await loadExports('@trpc/server/adapters/express')
const { fastifyTRPCPlugin } = await loadExports('@trpc/server/adapters/fastify')
const { createHTTPHandler } = await loadExports('@trpc/server/adapters/standalone')

const { router, procedure } = initTRPC.create()
const ok = procedure.query(() => 'ok')
const appRouter = router({
  hello: ok,
  user: router({ byId: ok, rename: procedure.mutation(() => 'renamed') }),
  fail: procedure.query(() => {
    throw new Error('thrown by a procedure')
  }),
  never: procedure.query(() => {
    console.log('reached')
    return new Promise(() => {})
  }),
  later: lazy(async () => ({ default: router({ thing: ok }) })),
})
const { ADAPTER } = process.env
const ready = (server) => server.once('listening', () => console.log(`ready ${server.address().port}`))

if (ADAPTER === 'fastify') {
  const { default: fastify } = await import('fastify')
  const app = fastify({ routerOptions: { maxParamLength: 5000 } })
  app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router: appRouter } })
  ready(app.server)
  await app.listen({ host: '127.0.0.1', port: 0 })
} else if (ADAPTER === 'express') {
  const { default: express } = await import('express')
  const app = express()
  app.use('/trpc', createExpressMiddleware({ router: appRouter }))
  app.use('/:tenant/trpc', createExpressMiddleware({ router: appRouter }))
  ready(app.listen(0, '127.0.0.1'))
} else {
  const { createServer } = await import('node:http')
  ready(createServer(createHTTPHandler({ router: appRouter, basePath: '/trpc/' })).listen(0, '127.0.0.1'))
}
