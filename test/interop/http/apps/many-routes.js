// A Fastify app of so many ROUTES, each with a parameter. Run with --expose-gc, it says its heap's size when it is asked to.
import Fastify from 'fastify'

const app = Fastify()
for (let i = 0; i < Number(process.env.ROUTES); i++) app.get(`/route-${i}/:id`, (_request, reply) => reply.send('ok'))
await app.listen({ host: '127.0.0.1', port: 0 })
let asked = 0
process.stdin.on('data', async () => {
  // What a first collection frees, finalizers, a second one collects.
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await new Promise(setImmediate)
  }
  console.log(`heap ${asked++} ${process.memoryUsage().heapUsed}`)
})
console.log(`ready ${app.server.address().port}`)
