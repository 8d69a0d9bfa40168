// Servers with upgrades: WebSockets by `ws` over http and https, refusals of every kind, and CONNECT. Prints their
// ports as JSON.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http, { ServerResponse } from 'node:http'
import https from 'node:https'
import { WebSocketServer } from 'ws'

const pem = (name) => readFileSync(new URL(`../../../fixtures/localhost.${name}.pem`, import.meta.url))
const sockets = new WebSocketServer({ noServer: true })
const respond = (request, response) => response.end(`plain ${request.url}`)

const upgrades = {
  '/chat': (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => client.on('message', (text) => client.send(text))),
  '/unauthorized': (_request, socket) =>
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\nConnection: close\r\n\r\nwho'),
  '/pieces': (_request, socket) => {
    socket.cork()
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 40')
    socket.write('9 Conflict\r\nContent-')
    socket.uncork()
    socket.end(Buffer.from('Length: 4\r\n\r\nlate'))
  },
  '/framework': (request, socket) => {
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    response.on('finish', () => socket.end())
    response.writeHead(403, { 'content-length': 9 })
    response.end('forbidden')
  },
  '/silent': (_request, socket) => socket.destroy(),
  '/never': (_request, socket) => socket.on('error', () => {}) && console.log('upgrade waits'),
  '/raw': (_request, socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\nraw'),
}
const tunnel = (request, socket) => {
  if (request.url === 'forbidden.test:1') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  else {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.pipe(socket)
  }
}

const onUpgrade = (request, socket, head) => upgrades[request.url](request, socket, head)
const servers = {
  http: http.createServer(respond).on('upgrade', onUpgrade).on('connect', tunnel),
  https: https.createServer({ key: pem('key'), cert: pem('cert') }, respond).on('upgrade', onUpgrade),
  plain: http.createServer(respond),
}
for (const server of Object.values(servers)) server.listen(0, '127.0.0.1')
await Promise.all(Object.values(servers).map((server) => once(server, 'listening')))
const ports = Object.entries(servers).map(([name, server]) => [name, server.address().port])
console.log(`ready ${JSON.stringify(Object.fromEntries(ports))}`)
