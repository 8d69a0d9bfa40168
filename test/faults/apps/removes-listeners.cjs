'use strict'
// An app that writes the listeners of every emitter it can get and then removes them: requests, responses and sockets of a
// server and of clients, upgrades and tunnels, the pipes of a child. On the first line of stdin it does so to its stdin.
const { spawn } = require('node:child_process')
const http = require('node:http')
const net = require('node:net')

const log = (...words) => console.log(JSON.stringify(words))
const listeners = (emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])

/** Writes the listeners of these emitters and removes them, but keeps an `error` event from ending the process. */
function strip(what, ...emitters) {
  log(what, emitters.map(listeners))
  for (const emitter of emitters) emitter.removeAllListeners().on('error', () => {})
}

const server = http
  .createServer((request, response) => {
    strip(`served ${request.url}`, request, response, request.socket)
    if (request.url === '/whole') response.end('whole')
    else response.write('begun')
  })
  .on('connect', (_request, socket) => {
    strip('connect', socket)
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    socket.resume().on('end', () => socket.end())
  })
  .on('upgrade', (_request, socket) => {
    strip('upgrade', socket)
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n')
    socket.resume().on('end', () => socket.end())
  })
  .listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))

/** Sends this text on a socket of its own, which it closes when the first bytes arrive. */
const sendText = (text) =>
  new Promise((resolve) => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(text))
    socket.on('error', () => {}).on('close', resolve)
    socket.once('data', () => (/CONNECT|Upgrade/.test(text) ? socket.end() : socket.resetAndDestroy()))
    socket.resume()
  })

/** Sends a request, strips it when the response has begun, and destroys its connection. */
const sendRequest = () =>
  new Promise((resolve) => {
    const request = http.get({ port: server.address().port, host: '127.0.0.1', path: '/stripped', agent: false })
    request.on('response', (response) => {
      const { socket } = request
      strip('stripped', request, response, socket)
      socket.on('close', resolve).resetAndDestroy()
    })
  })

/** Sends a line to a child that responds with a line and ends with its stdin. */
const useChild = () =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', "process.stdin.once('data', () => console.log('{}')).resume()"], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {},
    })
    const line = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }
    child.stdin.write(`${JSON.stringify(line)}\n`)
    child.stdout.once('data', () => {
      strip('child', child.stdin, child.stdout)
      child.stdout.resume()
      child.stdin.end()
    })
    child.on('exit', resolve)
  })

process.stdin.once('data', async () => {
  strip('stdin', process.stdin)
  await sendText('GET /whole HTTP/1.1\r\nHost: a\r\n\r\n')
  await sendText('GET /begun HTTP/1.1\r\nHost: a\r\n\r\n')
  await sendText('CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n\r\n')
  await sendText('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n')
  await sendRequest()
  await useChild()
  log('done')
})
