// Prints everything that a Fastify app can see of its hooks, routes and requests. FASTIFY is its module.
const fastify = require(process.env.FASTIFY)
const names = (object) =>
  Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value, ...attributes }]) => [
    name,
    typeof value,
    attributes,
  ])

const app = fastify({ trustProxy: process.argv[2] === 'trust' })
app.addHook('onRequest', function mine(_request, _reply, done) {
  done()
})
app.decorateRequest('user', null)
app.register(
  async (scope) => {
    scope.decorateRequest('team', null)
    scope.get('/:id', { preHandler: async function own() {} }, async (request) => ({
      own: names(request),
      symbols: Object.getOwnPropertySymbols(request).map(String),
      inherited: Object.keys(Object.getPrototypeOf(request)),
      enumerated: Object.keys({ ...request }),
      decorators: ['raw', 'user', 'team', 'other'].map((name) => scope.hasRequestDecorator(name)),
      raw: request.raw.url,
      stack: new Error('here').stack.split('\n').length,
    }))
  },
  { prefix: '/things' },
)
app.get('/fail', async () => {
  throw new Error('thrown by a handler')
})
app.setErrorHandler((error, _request, reply) => reply.send(error.stack))

async function print() {
  await app.ready()
  console.log(app.printRoutes({ includeHooks: true, includeMeta: true, commonPrefix: false }))
  for (const url of ['/things/1', '/fail', '/nowhere']) console.log((await app.inject(url)).body)
}
print()
