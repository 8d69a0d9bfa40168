// Servers of every kind that Node.js has, and responses of every kind. Prints their addresses as JSON.
const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { pipeline } = require('node:stream')
const tls = require('node:tls')
const { gzipSync } = require('node:zlib')

const pem = (name) => readFileSync(join(__dirname, `../../../fixtures/localhost.${name}.pem`))
const identity = { key: pem('key'), cert: pem('cert') }

const routes = {
  '/hello': (_request, response) => response.end('hello'),
  '/echo': (request, response) => pipeline(request, response, () => {}),
  '/read': (request, response) => request.resume().on('end', () => response.end('read')),
  '/unread': (_request, response) => response.end('no thanks'),
  '/empty': (_request, response) => response.writeHead(204).end('dropped'),
  '/unmodified': (_request, response) => response.writeHead(304).end('dropped'),
  '/gzip': (_request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('zipped '.repeat(100)))
  },
  '/trailers': (_request, response) => {
    response.setHeader('Trailer', 'X-Sum')
    response.write('body')
    response.addTrailers({ 'X-Sum': '4' })
    response.end()
  },
  '/hints': (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('after')
  },
  '/silent': (request) => request.socket.destroy(),
  '/half': (_request, response) => {
    response.write('half')
    setImmediate(() => response.destroy())
  },
  '/cut': (request, response) => {
    response.writeHead(203).end(Buffer.alloc(20_000_000))
    request.socket.destroy()
  },
  '/never': () => console.log('never responds'),
  '/large': (_request, response) => response.end(Buffer.alloc(20_000_000)),
  '/memory': (_request, response) => {
    globalThis.gc()
    response.end(String(process.memoryUsage().rss))
  },
}
const respond = (request, response) => {
  request.on('error', () => {})
  routes[request.url](request, response)
}

const path = join(tmpdir(), `agentgateway-otel-${process.pid}.sock`)
const impatient = { headersTimeout: 200, requestTimeout: 200, connectionsCheckingInterval: 50, keepAliveTimeout: 5000 }
const servers = {
  http: http.createServer({ maxHeaderSize: 4096 }, respond).listen(0, '127.0.0.1'),
  second: http.createServer(respond).listen(0, '127.0.0.1'),
  impatient: http.createServer(impatient, respond).listen(0, '127.0.0.1'),
  https: https.createServer(identity, respond).listen(0, '127.0.0.1'),
  tls: tls.createServer(identity, (socket) => socket.end('bye')).listen(0, '127.0.0.1'),
  tcp: net.createServer((socket) => socket.end('bye')).listen(0, '127.0.0.1'),
  unix: http.createServer(respond).listen(path),
}
Promise.all(Object.values(servers).map((server) => once(server, 'listening'))).then(() => {
  const addresses = Object.entries(servers).map(([name, server]) => [name, server.address().port ?? path])
  console.log(`ready ${JSON.stringify(Object.fromEntries(addresses))}`)
})
