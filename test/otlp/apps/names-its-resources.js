// Serves one request, so that there is something to export. Then it writes for each line of stdin what keeps the process
// alive, and at the end what came to light that nobody caught.
import { once } from 'node:events'
import { createServer } from 'node:http'

const problems = []
process.on('uncaughtExceptionMonitor', (error) => problems.push(String(error)))
process.on('warning', (warning) => problems.push(String(warning)))

const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
await once(server, 'listening')
await (await fetch(`http://127.0.0.1:${server.address().port}`, { headers: { connection: 'close' } })).text()
server.close()
await once(server, 'close')
console.log('ready')

process.stdin.setEncoding('utf8').on('data', () => {
  console.log(`resources ${JSON.stringify(process.getActiveResourcesInfo())}`)
})
process.stdin.on('end', () => console.log(`problems ${JSON.stringify(problems)}`))
