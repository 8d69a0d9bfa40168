import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import tls from 'node:tls'
import {
  activeHandlesOf,
  httpInternalsOf,
  internalsOf,
  parserOf,
  type SocketHandle,
  tlsInternalsOf,
} from './node-internals.ts'

describe(`Node.js ${process.version}`, () => {
  const server = http.createServer()
  const internals = internalsOf(server)

  it('has server._listen2, which listens before it returns', () => {
    assert.equal(typeof internals._listen2, 'function')
    internals._listen2?.('127.0.0.1', 0, 4, 511, undefined, 0)
    assert.equal(server.listening, true)
  })

  it('has server._handle.onconnection, which gets a handle that net.Socket takes', async () => {
    const handle = internals._handle
    assert.equal(typeof handle?.onconnection, 'function')
    const { promise, resolve } = Promise.withResolvers<SocketHandle | undefined>()
    if (handle) handle.onconnection = (_, accepted) => resolve(accepted)
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
    const accepted = await promise
    assert.equal(typeof accepted?.close, 'function')
    assert.equal(typeof accepted?.setNoDelay, 'function')
    assert.equal(accepted?.getpeername?.({}), 0)
    const socket = new net.Socket({ handle: accepted } as net.SocketConstructorOpts)
    socket.end('x')
    const [chunk] = await once(client, 'data')
    assert.equal(String(chunk), 'x')
    client.destroy()
    server.close()
  })

  it('has server._connections, allowHalfOpen, highWaterMark and noDelay', () => {
    const { _connections, allowHalfOpen, highWaterMark, noDelay } = internals
    assert.deepEqual(
      [_connections, allowHalfOpen, highWaterMark, noDelay].map((value) => typeof value),
      ['number', 'boolean', 'number', 'boolean'],
    )
  })

  it('has server.httpAllowHalfOpen', () => {
    assert.equal(httpInternalsOf(http.createServer()).httpAllowHalfOpen, false)
  })

  it('has socket.parser.onIncoming, whose result 2 ends the parsing of what was read', async () => {
    const targets: (string | undefined)[] = []
    const server = http.createServer((request) => targets.push(request.url)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const refused: (string | undefined)[] = []
    server.on('connection', (socket) => {
      const parser = parserOf(socket)
      const onIncoming = parser?.onIncoming
      assert.equal(typeof onIncoming, 'function')
      if (!parser || !onIncoming) return
      parser.onIncoming = (request, keepAlive) => {
        if (targets.length === 0) return onIncoming(request, keepAlive)
        refused.push(request.url)
        request.upgrade = false
        return 2
      }
    })
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.write(['/1', '/2', '/3'].map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
    while (refused.length === 0) await new Promise(setImmediate)
    client.write('GET /4 HTTP/1.1\r\nHost: a\r\n\r\n')
    while (refused.length < 2) await new Promise(setImmediate)
    assert.deepEqual([targets, refused], [['/1'], ['/2', '/4']])
    client.destroy()
    server.close()
    server.closeAllConnections()
  })

  it('has process._getActiveHandles, with the streams that may keep the process alive, and whether each is read', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const [read, paused] = [net.connect(port, '127.0.0.1').resume(), net.connect(port, '127.0.0.1').pause()]
    const handleOf = (socket: net.Socket) =>
      activeHandlesOf(process)?.find((handle) => handle === (socket as unknown))?._handle
    try {
      await Promise.all([once(read, 'connect'), once(paused, 'connect')])
      await new Promise(setImmediate)
      assert.equal(handleOf(read)?.reading, true)
      assert.notEqual(handleOf(paused), undefined)
      assert.notEqual(handleOf(paused)?.reading, true)
      paused.unref()
      assert.equal(handleOf(paused), undefined)
    } finally {
      read.destroy()
      paused.destroy()
      server.on('connection', (socket) => socket.destroy()).close()
    }
  })

  it("has verifyError and _releaseControl on the server's side of a TLS socket", async () => {
    const read = (name: string) =>
      readFileSync(new URL(`../../../test/fixtures/localhost.${name}.pem`, import.meta.url))
    const tlsServer = tls.createServer({ cert: read('cert'), key: read('key') }).listen(0, '127.0.0.1')
    await once(tlsServer, 'listening')
    const client = tls.connect({
      port: (tlsServer.address() as AddressInfo).port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    })
    const [socket] = (await once(tlsServer, 'secureConnection')) as [tls.TLSSocket]
    const { _handle, _releaseControl } = tlsInternalsOf(socket)
    // The client has no certificate.
    assert.ok(_handle?.verifyError?.() instanceof Error)
    assert.equal(typeof _releaseControl, 'function')
    client.destroy()
    tlsServer.close()
  })
})
