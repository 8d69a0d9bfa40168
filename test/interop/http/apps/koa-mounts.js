// Koa apps that koa-mount mounts in each other, and a Koa app in an Express app. ROUTER is the module of the routers.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
import express from 'express'
import Koa from 'koa'
import mount from 'koa-mount'

const { default: Router } = await import(process.env.ROUTER)
const ok = (ctx) => {
  ctx.body = 'ok'
}
const assign = (ctx, next) => {
  if (process.env.AGENTGATEWAY_ROUTES === 'explicit') setRoute(ctx)
  return next()
}
const create = (...middlewares) => {
  const app = new Koa()
  app.silent = true
  for (const middleware of middlewares) app.use(middleware)
  return app
}

const users = new Router()
users.get('/users/:id', ok)
users.get('/', ok)
users.get('/fail', () => {
  throw new Error('thrown by a route')
})
users.get('/never/:id', () => {
  console.log('reached')
  return new Promise(() => {})
})
const sub = create(users.routes())
const assigning = create(assign, mount('/inner', sub), users.routes())
const silent = create(mount('/inner', sub))
const rest = new Router()
rest.get('/{*all}', (ctx) => {
  if (ctx.query.found) ok(ctx)
  else ctx.throw(404)
})
const own = new Router({ prefix: '/passed' })
own.get('/own/:id', ok)

const app = create(
  assign,
  mount('/v1', sub),
  mount('/v2', sub),
  mount('/assigning', assigning),
  mount('/silent', silent),
  mount('/rest', create(rest.routes())),
  // This app passes on every request that it has no route for.
  mount(
    '/passed',
    create((_ctx, next) => next()),
  ),
  own.routes(),
  users.routes(),
)

const outer = express()
outer.use('/express/:tenant', create(assign, users.routes(), mount('/v1', sub)).callback())
const koa = app.callback()
const server = createServer((request, response) => {
  if (request.url.startsWith('/express')) outer(request, response)
  else koa(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
