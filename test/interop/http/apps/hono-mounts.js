// Hono apps in Hono apps by `mount`, in which each says its routes, or one alone.
import { serve } from '@hono/node-server'
import { setRoute } from 'agentgateway-otel'
import { Hono } from 'hono'

const ok = (c) => c.text('ok')
const tell = (c, next) => {
  setRoute(c)
  return next()
}
const create = (...middlewares) => {
  const app = new Hono()
  for (const middleware of middlewares) app.use(middleware)
  return app
}
const routes = (app) =>
  app
    .get('/', ok)
    .get('/things/:id', ok)
    .get('/fail', () => {
      throw new Error('thrown by a route')
    })
    .onError((_error, c) => c.text('failed', 500))
    .route('/routed/:x', create().get('/end', ok))

const app = create()
app.mount('/untold', routes(create(tell)).fetch)
app.use(tell)
app.mount('/told', routes(create(tell)).fetch)
app.mount('/t/:tenant', routes(create(tell)).fetch)
app.mount('/outer-only', routes(create()).fetch)
const inner = routes(create(tell)).mount('/nested', routes(create(tell)).fetch)
app.mount('/twice', inner.fetch)
app.route('/based', routes(create().basePath('/base')))
app.all('*', (c) => (c.req.query('found') ? ok(c) : c.notFound()))
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`ready ${port}`))
