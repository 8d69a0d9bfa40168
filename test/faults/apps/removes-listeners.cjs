'use strict'
// An app that prints the listeners of all that it gets to hold and then removes them: requests, responses and sockets of a
// server and of clients, upgrades and tunnels, the pipes of a child. On the first line of stdin it does the same to its own.
const { spawn } = require('node:child_process')
const http = require('node:http')
const net = require('node:net')

const log = (...words) => console.log(JSON.stringify(words))
const listeners = (emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])

/** Prints them and removes them; an error is still nobody's end. */
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

/** Says this from a socket of its own, and leaves when something came back. */
const say = (text) =>
  new Promise((resolve) => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(text))
    socket.on('error', () => {}).on('close', resolve)
    socket.once('data', () => (/CONNECT|Upgrade/.test(text) ? socket.end() : socket.resetAndDestroy()))
    socket.resume()
  })

/** Makes a request, strips it in the middle of its answer, and destroys its connection. */
const ask = () =>
  new Promise((resolve) => {
    const request = http.get({ port: server.address().port, host: '127.0.0.1', path: '/asked', agent: false })
    request.on('response', (response) => {
      const { socket } = request
      strip('asked', request, response, socket)
      socket.on('close', resolve).resetAndDestroy()
    })
  })

/** Talks to a child that answers a line and ends with its stdin. */
const talk = () =>
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
  await say('GET /whole HTTP/1.1\r\nHost: a\r\n\r\n')
  await say('GET /begun HTTP/1.1\r\nHost: a\r\n\r\n')
  await say('CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n\r\n')
  await say('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n')
  await ask()
  await talk()
  log('done')
})
