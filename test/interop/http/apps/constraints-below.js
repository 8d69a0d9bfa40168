// A Fastify app, or a restify server, with a find-my-way router of the app's own below a route. Both routers of the former derive a
// constraint asynchronously. FRAMEWORK is the module.
import createRouter from 'find-my-way'

const { default: framework } = await import(process.env.FRAMEWORK)

const storage = () => {
  const handlers = new Map()
  return { get: (tenant) => handlers.get(tenant), set: (tenant, handler) => handlers.set(tenant, handler) }
}
const tenant = {
  name: 'tenant',
  validate() {},
  storage,
  deriveConstraint({ url }, _context, done) {
    setImmediate(done, null, new URL(url, 'http://localhost').searchParams.get('tenant') ?? undefined)
  },
}
const respondWith = (status) => (_request, response) => {
  response.statusCode = status
  response.end()
}
const own = createRouter({ defaultRoute: respondWith(404), constraints: { tenant: { ...tenant } } })
own.on('GET', '/own/:id', { constraints: { tenant: 'a' } }, respondWith(200))
own.on('GET', '/own/:name', { constraints: { tenant: 'b' } }, respondWith(202))
const lookUp = (request, response) => own.lookup(request, response, (error) => error && response.destroy())

let server
if (framework.fastify) {
  const app = framework({ constraints: { tenant } })
  app.get('/users/:id', { constraints: { tenant: 'a' } }, async () => 'ok')
  app.get('/users/:name', { constraints: { tenant: 'b' } }, (_request, reply) => reply.code(202).send())
  app.get('/own/*', (request, reply) => {
    reply.hijack()
    lookUp(request.raw, reply.raw)
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  server = app.server
} else {
  server = framework.createServer()
  server.get('/users/:id', (_request, response, next) => {
    response.send('ok')
    next()
  })
  server.get('/own/*', (request, response, next) => {
    response.on('finish', () => next(false))
    lookUp(request, response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}
console.log(`ready ${server.address().port}`)
