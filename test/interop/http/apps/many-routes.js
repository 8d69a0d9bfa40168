// A Fastify app with as many routes as ROUTES, each with a parameter. For each line on stdin it prints the size of its
// heap, for which it needs --expose-gc.
import Fastify from 'fastify'

const app = Fastify()
for (let i = 0; i < Number(process.env.ROUTES); i++) app.get(`/route-${i}/:id`, (_request, reply) => reply.send('ok'))
await app.listen({ host: '127.0.0.1', port: 0 })
let lineCount = 0
process.stdin.on('data', async () => {
  // Finalizers that the first collection runs release objects for the next one.
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await new Promise(setImmediate)
  }
  console.log(`heap ${lineCount++} ${process.memoryUsage().heapUsed}`)
})
console.log(`ready ${app.server.address().port}`)
