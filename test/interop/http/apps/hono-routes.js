// A Hono app with nested apps, base paths, and middlewares that refuse or fail.
import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { setRoute } from 'agentgateway-otel'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'

const ok = (c) => c.text('ok')

const items = new Hono()
items.use(async (c, next) => {
  if (c.req.query('refused')) throw new HTTPException(401)
  await next()
})
items.get('/', ok)
items.get('/:item', ok).post(ok)
items.get('/:item/fail', () => {
  throw new Error('thrown by a route')
})
items.all('/:item/every', ok)
items.onError((error, c) => c.text('failed', error.status ?? 500))

const users = new Hono()
users.get('/', ok)
users.get('/me', ok)
users.get('/:id', ok)
users.route('/:id/items', items)

const v2 = new Hono().basePath('/v2')
v2.get('/things/:thing{[0-9]+}', ok)

const other = new Hono()
other.get('/inside/:x', ok)

const app = new Hono()
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') {
  app.use((c, next) => {
    setRoute(c)
    return next()
  })
}
app.use(cors())
app.get('/', ok)
app.route('/users', users)
app.route('/', v2)
app.all('/all/:any', ok)
app.get('/optional/:x?', ok)
app.get('/never/:id', () => {
  console.log('reached')
  return new Promise(() => {})
})
app.get('/wild/*', ok)
app.on(['PUT', 'DELETE'], ['/first', '/second/:x'], ok)
app.get('/body/:kind', async (c) => c.body(new Blob(['streamed']).stream()))
app.post('/json', async (c) => c.json(await c.req.json()))
app.get('/named/:name', (c) => {
  setRoute(c.req.raw, '/named/{name}')
  return ok(c)
})
app.use('/static/*', serveStatic({ root: './', rewriteRequestPath: (path) => path.replace('/static', '') }))
app.mount('/mounted', other.fetch)

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`ready ${port}`))
