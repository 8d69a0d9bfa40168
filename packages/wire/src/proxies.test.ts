import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import * as undici from 'undici'
import { Journal } from './journal.test-support.ts'

const sockets = new Set<net.Socket>()
const origin = http.createServer((request, response) => request.resume().on('end', () => response.end('response')))
/** Responds itself instead of forwarding requests, so that this process makes no other exchanges than the client's. */
const proxy = http
  .createServer((request, response) => request.resume().on('end', () => response.end(`for ${request.url}`)))
  .on('connect', (request, client: net.Socket) => {
    const [host = '', port] = request.url?.split(':') ?? []
    const server = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      server.pipe(client).pipe(server)
    })
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}))
  })

let journal: Journal
const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port

before(async () => {
  for (const server of [origin, proxy]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
})
after(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of [origin, proxy]) {
    server.closeAllConnections()
    server.close()
  }
})
beforeEach(() => {
  journal = new Journal('client', { bodies: true })
})
afterEach(() => journal.stop())

describe('client exchanges through a proxy', () => {
  const posts = () => journal.exchanges.filter(({ method }) => method === 'POST')

  for (const proxyTunnel of [true, false]) {
    it(`reports the origin's host for undici's ProxyAgent ${proxyTunnel ? 'with' : 'without'} CONNECT`, async () => {
      const host = `127.0.0.1:${portOf(origin)}`
      const dispatcher = new undici.ProxyAgent({ uri: `http://127.0.0.1:${portOf(proxy)}`, proxyTunnel })
      const response = await undici.fetch(`http://${host}/path?q=1`, { method: 'POST', body: 'request', dispatcher })
      const text = await response.text()
      assert.equal(text, proxyTunnel ? 'response' : `for http://${host}/path?q=1`)
      await journal.ended(1)
      const [exchange, ...others] = posts()
      assert.deepEqual(
        [
          exchange?.target,
          exchange?.host,
          exchange?.requestText,
          exchange?.responseText,
          exchange?.outcome,
          exchange?.ends,
        ],
        ['/path?q=1', host, 'request', text, 'complete', 1],
      )
      assert.deepEqual(others, [])
      await dispatcher.destroy()
    })
  }

  it("reports the origin's host for a node:http request in absolute form", async () => {
    const request = http.request({
      host: '127.0.0.1',
      port: portOf(proxy),
      method: 'POST',
      path: 'http://api.example.com/path?q=1',
      agent: false,
    })
    request.end('request')
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.resume()
    await journal.ended(1)
    const [exchange] = posts()
    assert.deepEqual([exchange?.target, exchange?.host], ['/path?q=1', 'api.example.com'])
  })
})
