// A server of AdonisJS, with a group, a middleware that refuses, and a domain.
import 'reflect-metadata'
import { createServer } from 'node:http'
import { AppFactory } from '@adonisjs/core/factories/app'
import { ServerFactory } from '@adonisjs/core/factories/http'
import { setRoute } from 'agentgateway-otel'

const app = new AppFactory().create(new URL('./', import.meta.url))
await app.init()
const server = new ServerFactory().merge({ app }).create()
server.use([])
server.errorHandler(async () => ({
  default: class {
    report() {}
    handle(error, ctx) {
      ctx.response.status(error.status ?? 500).send('failed')
    }
  },
}))
const router = server.getRouter()
const ok = () => 'ok'
router.get('/', ok)
router.get('/users/:id', ok)
router.post('/users/:id', ok)
router
  .group(() => {
    router.get('/things/:thing?', ok)
    router.get('/files/*', ok)
  })
  .prefix('/v1/:tenant')
router
  .get('/refused/:id', ok)
  .use((ctx, next) => (ctx.request.input('refused') ? ctx.response.status(401).send('refused') : next()))
router.get('/fail', () => {
  throw new Error('thrown by a handler')
})
router.get('/named/:id', ({ request }) => {
  setRoute(request.request, '/named/{id}')
  return 'ok'
})
router.get('/never/:id', () => {
  console.log('reached')
  return new Promise(() => {})
})
router.get('/*', ({ request, response }) =>
  response.status(request.url(true).includes('found') ? 200 : 404).send('rest'),
)
await server.boot()
const http = createServer(server.handle.bind(server))
http.listen(0, '127.0.0.1', () => console.log(`ready ${http.address().port}`))
