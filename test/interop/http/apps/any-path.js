// Servers over HTTP/1.1 and HTTP/2 that respond to any request. Prints their ports as JSON.
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'

const respond = (_request, response) => response.end('hello')
const servers = { http: http.createServer(respond), http2: http2.createServer(respond) }
for (const server of Object.values(servers)) await once(server.listen(0, '127.0.0.1'), 'listening')
console.log(`ready ${JSON.stringify({ http: servers.http.address().port, http2: servers.http2.address().port })}`)
