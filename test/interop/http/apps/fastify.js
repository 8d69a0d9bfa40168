// A Fastify app: routes, a hook that refuses, a validation that fails, a body that is too large.
import Fastify from 'fastify'

const app = Fastify({ bodyLimit: 1000 })
app.get('/', async () => 'hello')
app.get('/items/:id', async (request) => request.params)
app.post('/items', { schema: { body: { type: 'object', required: ['name'] } } }, async (request) => request.body)
app.register(
  async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => reply.code(401).send('who are you?'))
    scope.get('/:secret', async () => 'secret')
  },
  { prefix: '/private' },
)
app.get('/fail', async () => {
  throw new Error('thrown by a handler')
})
await app.listen({ host: '127.0.0.1', port: 0 })
console.log(`ready ${app.server.address().port}`)
