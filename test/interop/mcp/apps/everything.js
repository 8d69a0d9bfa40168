// server-everything over HTTP, on a free port: node everything.js sse|streamableHttp
import { once } from 'node:events'
import { createServer } from 'node:net'

const probe = createServer().listen(0)
await once(probe, 'listening')
const { port } = probe.address()
probe.close()
await once(probe, 'close')
process.env.PORT = port
await import('@modelcontextprotocol/server-everything/dist/index.js')
while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)))
  await new Promise((resolve) => setTimeout(resolve, 20))
console.log(`ready ${port}`)
