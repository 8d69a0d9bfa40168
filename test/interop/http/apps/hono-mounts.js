// Hono apps that are mounted in Hono apps with `mount`. Both call `setRoute`, or only one of them does.
import { serve } from '@hono/node-server'
import { setRoute } from 'agentgateway-otel'
import { Hono } from 'hono'

const ok = (c) => c.text('ok')
const assign = (c, next) => {
  if (process.env.AGENTGATEWAY_ROUTES === 'explicit') setRoute(c)
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
app.mount('/unassigned', routes(create(assign)).fetch)
app.use(assign)
app.mount('/assigned', routes(create(assign)).fetch)
app.mount('/t/:tenant', routes(create(assign)).fetch)
app.mount('/outer-only', routes(create()).fetch)
const inner = routes(create(assign)).mount('/nested', routes(create(assign)).fetch)
app.mount('/twice', inner.fetch)
app.route('/based', routes(create().basePath('/base')))
app.all('*', (c) => (c.req.query('found') ? ok(c) : c.notFound()))
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`ready ${port}`))
