// Servers whose connections end in many ways; a command on stdin makes one close its connections. Prints the ports as
// JSON.
const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { join } = require('node:path')
const { createInterface } = require('node:readline')
const tls = require('node:tls')

const pem = (name) => readFileSync(join(__dirname, `../../../fixtures/localhost.${name}.pem`))
const identity = { key: pem('key'), cert: pem('cert') }
const respond = (_request, response) => response.end('hello')

const servers = {
  http: http.createServer(respond),
  idle: http.createServer({ keepAliveTimeout: 1, keepAliveTimeoutBuffer: 1 }, respond),
  slow: http.createServer({ headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 }, respond),
  halfOpen: Object.assign(http.createServer(respond), { httpAllowHalfOpen: true }),
  https: https.createServer({ ...identity, handshakeTimeout: 200 }, respond),
  tls: tls.createServer(identity, (socket) => socket.on('error', () => {}).resume()),
  tcp: net.createServer((socket) => socket.on('error', () => {}).resume()),
  full: Object.assign(
    net.createServer((socket) => socket.on('error', () => {}).resume()),
    { maxConnections: 1 },
  ),
}
const commands = {
  closeAllConnections: () => servers.http.closeAllConnections(),
  closeIdleConnections: () => servers.http.closeIdleConnections(),
  close: () => servers.http.close(),
}
createInterface({ input: process.stdin }).on('line', (line) => commands[line]())

for (const server of Object.values(servers)) server.listen(0, '127.0.0.1')
Promise.all(Object.values(servers).map((server) => once(server, 'listening'))).then(() => {
  const ports = Object.entries(servers).map(([name, server]) => [name, server.address().port])
  console.log(`ready ${JSON.stringify(Object.fromEntries(ports))}`)
})
