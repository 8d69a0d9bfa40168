// fastify-metrics as its README sets it up. The routes are those of the Express apps.
const fastify = require('fastify')()
const metrics = require('fastify-metrics')

async function start() {
  await fastify.register(metrics, { endpoint: '/metrics' })
  fastify.get('/items/:id', (request, reply) => {
    if (request.params.id === '0') return reply.code(404).send({ error: 'no such item' })
    return { id: request.params.id }
  })
  fastify.get('/fails', (_request, reply) => reply.code(500).send({ error: 'always' }))
  fastify.get('/slow', (_request, reply) => void reply.hijack().raw.write('a part'))
  await fastify.listen({ host: '127.0.0.1', port: 0 })
  const { port } = fastify.server.address()
  console.log(`ready ${JSON.stringify({ port, metricsPort: port })}`)
}
start()
