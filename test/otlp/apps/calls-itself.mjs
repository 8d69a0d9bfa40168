// Responds to /call with the response to a request of its own, sent by functions that it imported by name.
import { createServer, get, Server } from 'node:http'

const server = createServer((request, response) => {
  if (request.url !== '/call') return response.end('called')
  get(`http://127.0.0.1:${server.address().port}/`, { agent: false }, (incoming) => incoming.pipe(response))
}).listen(0, '127.0.0.1', () => {
  console.log('own emit', Object.hasOwn(Server.prototype, 'emit'))
  console.log(`ready ${server.address().port}`)
})
