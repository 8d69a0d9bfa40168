// Serves one request, so that there is something to export. Then it writes for each line of stdin the size of its heap
// after garbage collection, and how many file descriptors it has open.
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'

const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
await once(server, 'listening')
await (await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } })).text()
server.close()
await once(server, 'close')
console.log('ready')

process.stdin.setEncoding('utf8').on('data', () => {
  for (let i = 0; i < 3; i++) global.gc()
  console.log(`measured ${process.memoryUsage().heapUsed} ${readdirSync('/proc/self/fd').length}`)
})
