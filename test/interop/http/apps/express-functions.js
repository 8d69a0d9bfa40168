// Apps of Express that get their requests from functions, and from other frameworks. EXPRESS is the module, and FORM says how.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import finalhandler from 'finalhandler'

const require = createRequire(import.meta.url)
const express = require(process.env.EXPRESS)

const ok = (_request, response) => response.end('ok')
const fail = () => {
  throw new Error('thrown by a route')
}
const createApp = () => express().set('env', 'test')

/** Adds routes, and a router that has some, to an app or a router. */
function addPages(pages) {
  pages.get('/', ok)
  pages.get('/page/:id', ok)
  pages.get('/fail/:id', fail)
  return pages.use('/more', express.Router().get('/page/:id', ok).get('/fail/:id', fail))
}
/** An app with routes of its own and with a router, which is mounted nowhere yet. */
const createPages = () => addPages(createApp())
const inRouter = (app) => express.Router().use('/deep', app)

/** Returns the listener of a router that no app has. */
const listenerOf = (router) => (request, response) =>
  router(request, response, finalhandler(request, response, { env: 'test' }))

/** Returns the listener of a Koa app that passes requests to an app of Express. */
function koaOf(createMiddleware, app) {
  const Koa = require('koa')
  const pass = (ctx) => {
    ctx.respond = false
    ctx.res.statusCode = 200
    app(ctx.req, ctx.res)
  }
  return new Koa().use(createMiddleware(pass)).callback()
}

const forms = {
  function() {
    const app = createPages()
    return (request, response) => app(request, response)
  },
  choosing() {
    const [first, second] = [createApp(), createApp()]
    first.use('/first/:x', inRouter(createPages()))
    second.use('/second', inRouter(createPages()))
    // The second app would match the paths of the first one too.
    second.use('/:any/:x', inRouter(createPages()))
    return (request, response) => (request.url.startsWith('/first') ? first : second)(request, response)
  },
  inApp() {
    const app = createApp().use('/outer/:x', createPages())
    return (request, response) => app(request, response)
  },
  inRouter() {
    const app = createApp().use('/outer/:x', inRouter(createPages()))
    return (request, response) => app(request, response)
  },
  inFunction() {
    const pages = createPages()
    const app = createApp().use('/outer/:x', (request, response, next) => pages(request, response, next))
    return (request, response) => app(request, response)
  },
  after() {
    const [first, second] = [createApp().get('/first', ok), createApp().use('/outer/:x', createPages())]
    return (request, response) => first(request, response, () => second(request, response))
  },
  cut() {
    const app = createApp().use('/outer/:x', inRouter(createPages()))
    return (request, response) => {
      request.url = request.url.slice('/cut'.length)
      app(request, response)
    }
  },
  rewritten() {
    const app = createApp().use('/outer/:x', inRouter(createPages()))
    return (request, response) => {
      request.url = `/outer/1/deep${request.url.slice('/old'.length)}`
      app(request, response)
    }
  },
  hiddenRouters() {
    const inner = addPages(express.Router({ mergeParams: true }))
    const outer = express.Router().use('/hidden/:y', inner)
    const app = createApp().use('/outer/:x', (request, response, next) => outer(request, response, next))
    return (request, response) => app(request, response)
  },
  inRouterAlone: () => listenerOf(express.Router().use('/outer/:x', createPages())),
  // The app gets the request later, and an app and a router that it does not take are beside it.
  inRoutersAlone() {
    const others = express.Router().use('/other/:z', createPages())
    const outer = express.Router()
    outer.use((_request, _response, next) => setTimeout(next, 1))
    outer.use('/outer/:y/shallow', createPages()).use(others)
    return listenerOf(outer.use('/outer/:x', inRouter(createPages())))
  },
  inRouterFunction() {
    const app = createPages()
    return listenerOf(express.Router().use('/outer/:x', (request, response, next) => app(request, response, next)))
  },
  inRouterPackage: () => listenerOf(require('router')().use('/outer/:x', createPages())),
  twoRouters() {
    const app = createPages()
    const first = listenerOf(express.Router().use('/first/:x', app).use('/both/:x', app))
    const second = listenerOf(express.Router().use('/second/:y', app).use('/both/:y', app))
    return (request, response) => (request.url.startsWith('/second') ? second : first)(request, response)
  },
  // Each request has a router of its own, but for those to one that stays.
  forEachRequest() {
    const kept = listenerOf(express.Router().use('/kept', addPages(express.Router())))
    return (request, response) => {
      const listener = request.url.startsWith('/kept')
        ? kept
        : listenerOf(express.Router().use('/outer/:x', inRouter(addPages(express.Router()))))
      listener(request, response)
    }
  },
  routersAlone: () => listenerOf(express.Router().use('/outer/:x', inRouter(addPages(express.Router())))),
  inConnect: () => require('connect')().use('/outer', createPages()),
  inKoa: () => koaOf((pass) => require('koa-mount')('/outer', pass), createPages()),
  inKoaRoute() {
    const { Router } = require('@koa/router')
    const app = createApp().use('/outer/:x', createPages())
    return koaOf((pass) => new Router().all('/outer/{*rest}', pass).routes(), app)
  },
  async inFastify() {
    const fastify = require('fastify')()
    await fastify.register(require(process.env.MIDDLEWARES))
    fastify.use('/outer', createPages())
    fastify.get('/own/:id', async () => 'ok')
    await fastify.ready()
    return fastify.routing
  },
}

const listener = await forms[process.env.FORM]()
const server = createServer(listener).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
