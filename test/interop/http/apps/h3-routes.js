// An h3 2 app with another one mounted in it.
import { setRoute } from 'agentgateway-otel'
import { H3, serve } from 'h3'

const things = new H3()
things.get('/:thing', () => 'ok')

const app = new H3()
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') app.use((event) => setRoute(event))
app.get('/', () => 'ok')
app.get('/users/:id', () => 'ok')
app.all('/all/:any', () => 'ok')
app.get('/wild/**:rest', () => 'ok')
app.get('/fail', () => {
  throw new Error('thrown by a handler')
})
app.mount('/things', things)

const server = serve(app, { hostname: '127.0.0.1', port: 0, silent: true })
await server.ready()
console.log(`ready ${new URL(server.url).port}`)
