// Servers of every kind that Node.js has, in one CommonJS app: prints their ports as JSON.
const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const tls = require('node:tls')

const pem = (name) => readFileSync(join(__dirname, `../../../fixtures/localhost.${name}.pem`))
const identity = { key: pem('key'), cert: pem('cert') }
const answer = (request, response) => {
  if (request.url === '/silent') request.socket.destroy()
  else if (request.url === '/unread') response.end('no thanks')
  else request.resume().on('end', () => response.end('hello'))
}
const path = join(tmpdir(), `agentgateway-otel-${process.pid}.sock`)
const servers = {
  http: http.createServer(answer).listen(0, '127.0.0.1'),
  https: https.createServer(identity, answer).listen(0, '127.0.0.1'),
  tls: tls.createServer(identity, (socket) => socket.end('bye')).listen(0, '127.0.0.1'),
  tcp: net.createServer((socket) => socket.end('bye')).listen(0, '127.0.0.1'),
  unix: http.createServer(answer).listen(path),
}
Promise.all(Object.values(servers).map((server) => once(server, 'listening'))).then(() => {
  const addresses = Object.entries(servers).map(([name, server]) => [name, server.address().port ?? path])
  console.log(`ready ${JSON.stringify(Object.fromEntries(addresses))}`)
})
