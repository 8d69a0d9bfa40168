// An h3 2 app with apps in it: mounted, and below a base.
import { setRoute } from 'agentgateway-otel'
import { H3, serve, withBase } from 'h3'

const create = () => {
  const app = new H3()
  app.get('/', () => 'ok')
  app.get('/users/:id', () => 'ok')
  app.get('/wild/**:rest', () => 'ok')
  app.get('/fail', () => {
    throw new Error('thrown by a handler')
  })
  return app
}
const assigning = create()
const isExplicit = process.env.AGENTGATEWAY_ROUTES === 'explicit'
if (isExplicit) assigning.use((event) => setRoute(event))
const app = new H3()
if (isExplicit) app.use((event) => setRoute(event))
app.mount('/mounted/:x', create())
app.mount('/assigning', assigning)
app.all('/v1/**', withBase('/v1', create()))
app.all('/v2/**', withBase('/v2', create()))
app.all('/:tenant/own/**', (event) => withBase(`/${event.context.params.tenant}/own`, create())(event))
app.all('/**', (event) => {
  if (event.url.searchParams.has('found')) return 'the rest'
  event.res.status = 404
  return 'nothing'
})
const server = serve(app, { hostname: '127.0.0.1', port: 0, silent: true })
await server.ready()
console.log(`ready ${new URL(server.url).port}`)
