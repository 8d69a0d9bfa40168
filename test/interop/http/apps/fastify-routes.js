// A Fastify app: scopes with prefixes, hooks and 404 handlers of their own, a validation that fails, a body that is too
// large, requests that are rewritten or routed again. FASTIFY is its module.
import { setRoute } from 'agentgateway-otel'

const { default: Fastify } = await import(process.env.FASTIFY)
const app = Fastify({ bodyLimit: 1000, rewriteUrl: ({ url }) => url.replace(/^\/old/, '/items') })
const ok = async () => 'ok'

app.get('/', ok)
app.get('/items/:id', ok)
app.post('/items', { schema: { body: { type: 'object', required: ['name'] } } }, ok)
app.register(
  async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => reply.code(401).send('who are you?'))
    scope.get('/:secret', ok)
  },
  { prefix: '/private' },
)
app.get('/named/:name', async (request) => {
  setRoute(request, '/named/{name}')
  return 'ok'
})
app.get('/fail', async () => {
  throw new Error('thrown by a handler')
})
app.register(
  async (v1) => {
    v1.setNotFoundHandler((_request, reply) => reply.code(404).send('not in v1'))
    v1.register(
      async (teams) => {
        teams.get('/:team/members/:member', ok)
        teams.get('/:team/*', ok)
      },
      { prefix: '/teams' },
    )
  },
  { prefix: '/v1' },
)
app.get('/never/:id', () => {
  console.log('reached')
  return new Promise(() => {})
})
app.all('/any/:thing', ok)
app.get('/files/:name.:type', ok)
app.get('/numbers/:n(^\\d+$)', ok)
app.get('/optional/:x?', ok)
const shared = async (scope) => {
  scope.get('/same/:id', ok)
  scope.get('/gone/:id', (_request, reply) => reply.callNotFound())
}
app.register(shared, { prefix: '/left' })
app.register(shared, { prefix: '/right/:side' })
app.get('/again/:id', (request, reply) => {
  reply.hijack()
  request.raw.url = '/items/1'
  app.routing(request.raw, reply.raw)
})
app.get('/*', async (request, reply) => reply.code(request.query.found ? 200 : 404).send('the rest'))

await app.listen({ host: '127.0.0.1', port: 0 })
console.log(`ready ${app.server.address().port}`)
