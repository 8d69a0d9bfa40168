// Watches the HTTP requests of its process by all that Node.js and OpenTelemetry's API have for it, and makes one itself. Then
// it writes for each line of stdin what it saw.
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { DiagLogLevel, diag } from '@opentelemetry/api'

const seen = {}
const count = (what) => {
  seen[what] = (seen[what] ?? 0) + 1
}

for (const event of ['request.created', 'request.start', 'request.error', 'response.finish']) {
  subscribe(`http.client.${event}`, () => count(event))
}
// What Node.js publishes of a stream later comes from within nghttp2, where nothing can keep it back.
for (const event of ['created', 'start']) {
  subscribe(`http2.client.stream.${event}`, () => count(`http2.${event}`))
}
subscribe('net.client.socket', () => count('net.client.socket'))

const { request, ClientRequest } = http
http.request = (...args) => {
  count('http.request')
  return request(...args)
}
http.ClientRequest = class extends ClientRequest {
  constructor(...args) {
    count('ClientRequest')
    super(...args)
  }
}
syncBuiltinESMExports()

diag.setLogger(
  Object.fromEntries(
    ['verbose', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => count(`diag.${level}`)]),
  ),
  { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
)
diag.error('the app has an error')

const server = http.createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
await once(server, 'listening')
const [response] = await once(http.request({ port: server.address().port, agent: false }).end(), 'response')
response.resume()
await once(response, 'end')
server.close()
console.log('ready')

process.stdin.setEncoding('utf8').on('data', () => console.log(`seen ${JSON.stringify(seen)}`))
