import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type App, startApp } from '../../harness/app.ts'
import { connections, noneActive } from './requests.ts'
import { sendRaw } from './send-raw.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('accepted connections', () => {
  let app: App
  let at: Record<'http' | 'idle' | 'slow' | 'halfOpen' | 'https' | 'tls' | 'tcp' | 'full', number>
  before(async () => {
    app = await startApp(new URL('./apps/connections.cjs', import.meta.url))
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  const count = async (which: 'active' | 'total', bind: string) => connections(await app.metrics(), which)[bind] ?? 0

  async function connect(port: number): Promise<net.Socket> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  async function connectAndGet(port: number): Promise<net.Socket> {
    const socket = await connect(port)
    socket.write(GET)
    await once(socket, 'data')
    return socket
  }

  const connectSecurely = async (port: number) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }).on('error', () => {})
    await once(socket, 'secureConnect')
    return socket
  }

  /** How connections end: to which server they go, and what the client does. */
  const ENDS: Readonly<Record<string, readonly [server: keyof typeof at, act: () => Promise<unknown>]>> = {
    'a client closes without a request': ['http', async () => (await connect(at.http)).end()],
    'a client resets without a request': ['http', async () => (await connect(at.http)).resetAndDestroy()],
    'a client closes after a response': ['http', async () => (await connectAndGet(at.http)).end()],
    'a client resets after a response': ['http', async () => (await connectAndGet(at.http)).resetAndDestroy()],
    'a client destroys in the middle of a head': [
      'http',
      async () => {
        const socket = await connect(at.http)
        socket.write('GET / HT', () => socket.destroy())
      },
    ],
    'the server closes because they carry no HTTP': [
      'http',
      async () => (await connect(at.http)).write('what is this\r\n\r\n'),
    ],
    'a client half-closes': ['http', async () => (await connectAndGet(at.http)).resume().end()],
    'a client half-closes where the server allows that': [
      'halfOpen',
      async () => (await connectAndGet(at.halfOpen)).resume().end(),
    ],
    'the server closes because they are idle': ['idle', () => connectAndGet(at.idle)],
    'the server closes because the head is too slow': [
      'slow',
      async () => (await connect(at.slow)).resume().write('GET / HT'),
    ],
    'a client closes after the TLS handshake': ['https', async () => (await connectSecurely(at.https)).end()],
    'a client destroys after the TLS handshake': ['tls', async () => (await connectSecurely(at.tls)).destroy()],
    'the server closes because they carry no TLS': [
      'https',
      async () => (await connect(at.https)).resume().write('this is no TLS'),
    ],
    'the server closes because the TLS handshake stops halfway': [
      'https',
      async () => (await connect(at.https)).write(HELLO_START),
    ],
    'a client of a TCP server closes': ['tcp', async () => (await connect(at.tcp)).resume().end()],
    'a client of a TCP server resets': ['tcp', async () => (await connect(at.tcp)).resetAndDestroy()],
  }
  /** The first bytes of a TLS record whose rest never comes. */
  const HELLO_START = Buffer.from([22, 3, 1, 2, 0, 1])

  const protocolOf = (server: keyof typeof at) =>
    ({ https: 'https', tls: 'tls', tcp: 'tcp', full: 'tcp' })[server as string] ?? 'http'

  for (const [how, [server, act]] of Object.entries(ENDS)) {
    it(`counts connections that ${how}, and none of them as active afterwards`, async () => {
      const bind = `${at[server]} ${protocolOf(server)}`
      const before = await count('total', bind)
      for (let i = 0; i < 3; i++) await act()
      await app.metricsWhen((families) => connections(families, 'total')[bind] === before + 3 && noneActive(families))
    })
  }

  it('does not count connections that a server drops because of its maxConnections', async () => {
    const bind = `${at.full} tcp`
    const first = await connect(at.full)
    await app.metricsWhen((families) => connections(families, 'active')[bind] === 1)
    for (let i = 0; i < 3; i++) await once(net.connect(at.full, '127.0.0.1').resume(), 'close')
    assert.equal(await count('total', bind), 1)
    first.resume().end()
    await app.metricsWhen(noneActive)
  })

  it('counts each of 10,000 short connections', async () => {
    const bind = `${at.http} http`
    const before = await count('total', bind)
    let left = 10_000
    async function client(): Promise<void> {
      while (left-- > 0) {
        const socket = net.connect(at.http, '127.0.0.1').resume()
        socket.end(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
        await once(socket, 'close')
      }
    }
    await Promise.all(Array.from({ length: 50 }, client))
    const families = await app.metricsWhen(noneActive)
    assert.equal(connections(families, 'total')[bind], before + 10_000)
  })

  // These tests come last, because they close the server.
  for (const command of ['closeIdleConnections', 'closeAllConnections', 'close']) {
    it(`counts no connection as active after server.${command}()`, async () => {
      const bind = `${at.http} http`
      const before = await count('total', bind)
      const sockets = await Promise.all([1, 2, 3].map(() => connectAndGet(at.http)))
      assert.equal(await count('active', bind), 3)
      app.writeLine(command)
      await app.metricsWhen(noneActive)
      assert.equal(await count('total', bind), before + 3)
      for (const socket of sockets) socket.destroy()
    })
  }
})

describe('accepted connections that are handed to a child process', () => {
  it('does not count a connection as active after it was handed to a child process', async () => {
    const app = await startApp(new URL('./apps/hands-over.cjs', import.meta.url))
    try {
      // Several at once, because Node sends them one by one.
      const responses = await Promise.all([1, 2, 3].map(() => sendRaw(Number(app.ready), '')))
      assert.deepEqual(responses, Array(3).fill('from the child'))
      const bind = `${app.ready} tcp`
      await app.metricsWhen((families) => connections(families, 'total')[bind] === 3 && noneActive(families))
    } finally {
      await app.stop()
    }
  })
})
