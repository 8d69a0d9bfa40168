// Prints what an app can see of the contexts of frameworks in a handler, and where its errors come from.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import Hapi from '@hapi/hapi'
import { serve } from '@hono/node-server'
import { H3, serve as serveH3 } from 'h3'
import * as h3v1 from 'h3-1'
import { Hono } from 'hono'
import Koa from 'koa'
import mount from 'koa-mount'

const see = (name, context, extra = {}) => {
  const keys = (object) => (object ? Reflect.ownKeys(object).map(String) : [])
  console.log(
    JSON.stringify({
      name,
      own: keys(context),
      enumerable: Object.keys(context),
      descriptors: Object.values(Object.getOwnPropertyDescriptors(context)).map(
        ({ writable, enumerable, configurable, get, set }) =>
          [writable, enumerable, configurable, typeof get, typeof set].join(),
      ),
      stack: new Error(name).stack,
      ...extra,
    }),
  )
}
const get = async (port, path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))

const koa = new Koa()
koa.use(
  mount('/a', (ctx) => {
    see('koa', ctx, { mountPath: ctx.mountPath, isOfNode: ctx.req === ctx.request.req })
    ctx.body = 'ok'
  }),
)
await get(await listen(createServer(koa.callback())), '/a/b')

const hapi = Hapi.server({ host: '127.0.0.1', port: 0 })
hapi.route({
  method: 'GET',
  path: '/{x}',
  handler(request) {
    see('hapi', request, { raw: Object.keys(request.raw) })
    return 'ok'
  },
})
await hapi.start()
await get(hapi.info.port, '/b')

const hono = new Hono().get('/:x', (c) => {
  see('hono', c, { path: c.req.path, routes: c.req.matchedRoutes.map(({ path }) => path) })
  return c.text('ok')
})
const port = await new Promise((resolve) =>
  serve({ fetch: hono.fetch, hostname: '127.0.0.1', port: 0 }, (address) => resolve(address.port)),
)
await get(port, '/b')
// Without a request of Node's, as in a test.
await hono.request('/c')

const h3 = new H3()
h3.get('/:x', (event) => {
  see('h3', event, { context: Object.keys(event.context) })
  return 'ok'
})
const h3Server = serveH3(h3, { hostname: '127.0.0.1', port: 0, silent: true, gracefulShutdown: false })
await h3Server.ready()
await get(new URL(h3Server.url).port, '/b')
await h3.request('/c')

const app = h3v1.createApp()
app.use(
  h3v1.createRouter().get(
    '/:x',
    h3v1.defineEventHandler((event) => {
      see('h3 1', event, { context: Object.keys(event.context) })
      return 'ok'
    }),
  ),
)
await get(await listen(createServer(h3v1.toNodeListener(app))), '/b')

// Small routers, both as they are imported and as they are required: their context is Node's request.
const require = createRequire(import.meta.url)
for (const load of [async (name) => (await import(name)).default, require]) {
  const seeRequest = (name) => (request, response) => {
    see(name, request, { route: String(request.route?.path), params: request.params, url: request.url })
    response.end('ok')
  }
  const finder = (await load('find-my-way'))()
  finder.on('GET', '/:x', seeRequest('find-my-way'))
  await get(await listen(createServer((request, response) => finder.lookup(request, response))), '/b')

  // What the app's functions see that find-my-way calls to choose between routes.
  const stacks = []
  const seeStack = () => stacks.push(new Error('constraint').stack)
  const storage = () => {
    const handlers = new Map()
    return { get: (key) => seeStack() && handlers.get(key), set: (key, handler) => handlers.set(key, handler) }
  }
  const now = { name: 'now', storage, deriveConstraint: () => seeStack() && 'a' }
  const later = {
    name: 'later',
    storage,
    deriveConstraint: (_request, _context, done) => done(null, seeStack() && 'a'),
  }
  const chooser = (await load('find-my-way'))({ constraints: { now, later } })
  chooser.on('GET', '/:x', { constraints: { now: 'a', later: 'a' } }, seeRequest('find-my-way with constraints'))
  await get(await listen(createServer((request, response) => chooser.lookup(request, response, () => {}))), '/b')
  console.log(JSON.stringify({ stacks }))

  const zero = (await load('0http'))()
  const nested = (await load('0http'))().router.get('/:y', seeRequest('0http'))
  zero.router.use('/a', nested)
  await get(await listen(zero.server), '/a/b')

  for (const name of ['polka', 'polka-1']) {
    const polka = await load(name)
    const outer = polka()
      .use('/a', polka().get('/:y', seeRequest(name)))
      .listen(0, '127.0.0.1')
    await new Promise((resolve) => outer.server.once('listening', resolve))
    await get(outer.server.address().port, '/a/b')
  }

  const Router = await load('router')
  const connect = await load('connect')
  const router = Router().use('/a', Router().get('/:y', seeRequest('router')))
  await get(await listen(createServer(connect().use('/c', router))), '/c/a/b')
}

// tRPC and GraphQL Yoga, whose adapters' own objects the app gets.
for (const load of [(name) => import(name), require]) {
  const { initTRPC } = await load('@trpc/server')
  const { createHTTPHandler } = await load('@trpc/server/adapters/standalone')
  const { router, procedure } = initTRPC.context().create()
  const handler = createHTTPHandler({
    router: router({ seen: procedure.query(({ ctx }) => see('trpc', ctx, { keys: Object.keys(ctx.options) })) }),
    createContext: (options) => ({ options }),
  })
  await get(await listen(createServer(handler)), '/seen')

  const { createSchema, createYoga } = await load('graphql-yoga')
  const schema = createSchema({
    typeDefs: 'type Query { seen: String }',
    resolvers: { Query: { seen: (_parent, _values, context) => see('yoga', context) } },
  })
  await get(await listen(createServer(createYoga({ schema, logging: false }))), '/graphql?query=%7Bseen%7D')
}

// A module that is deprecated for apps, but not for packages.
process.on('warning', ({ code }) => console.log('warning', code))
await import('node:punycode')
setImmediate(() => console.log('ready'))
