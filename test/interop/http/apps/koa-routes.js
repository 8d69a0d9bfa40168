// A Koa app with prefixes, nested routers, and a middleware that refuses.
import Router from '@koa/router'
import { setRoute } from 'agentgateway-otel'
import Koa from 'koa'

const ok = (ctx) => {
  ctx.body = 'ok'
}

const items = new Router()
items.use(async (ctx, next) => {
  if (ctx.query.refused) ctx.throw(401)
  await next()
})
items.get('/', ok)
items.get('/:item', ok)
items.post('/:item', ok)
items.get('/:item/fail', () => {
  throw new Error('thrown by a route')
})

const users = new Router()
users.get('/', ok)
users.get('/:id', ok)
users.use('/:id/items', items.routes(), items.allowedMethods())

const api = new Router({ prefix: '/api' })
api.get('/', ok)
api.use('/users', users.routes())
api.all('/all/:any', ok)
api.get('/optional{/:x}', ok)
api.get('/wild/*splat', ok)
api.get(['/first', '/second/:x'], ok)
api.get(/^\/api\/re/, ok)
api.get('/never/:id', () => {
  console.log('reached')
  return new Promise(() => {})
})
api.get('/passed/:on', (_ctx, next) => next())

const rest = new Router()
rest.get('/{*all}', (ctx) => {
  ctx.status = ctx.query.found ? 200 : 404
  ctx.body = 'the rest'
})

const health = new Router()
health.get('/health', ok)
health.get(/^\/v\d+$/, ok)

const app = new Koa()
app.silent = true
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') {
  app.use((ctx, next) => {
    setRoute(ctx)
    return next()
  })
}
app.use(api.routes()).use(api.allowedMethods()).use(health.routes()).use(rest.routes())

const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
