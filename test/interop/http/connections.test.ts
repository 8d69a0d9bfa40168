import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type App, startApp } from '../../harness/app.ts'
import { allGone, connections } from './requests.ts'
import { say } from './say.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

describe('accepted connections', () => {
  let app: App
  let at: Record<'http' | 'idle' | 'slow' | 'halfOpen' | 'https' | 'tls' | 'tcp' | 'full', number>
  before(async () => {
    app = await startApp(new URL('./apps/connections.cjs', import.meta.url))
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  const of = async (which: 'active' | 'total', bind: string) => connections(await app.metrics(), which)[bind] ?? 0

  async function connected(port: number): Promise<net.Socket> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  async function answered(port: number): Promise<net.Socket> {
    const socket = await connected(port)
    socket.write(GET)
    await once(socket, 'data')
    return socket
  }

  const secured = async (port: number) => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }).on('error', () => {})
    await once(socket, 'secureConnect')
    return socket
  }

  /** Ways in which a connection comes and goes: at which server, and what the client does. */
  const WAYS: Readonly<Record<string, readonly [server: keyof typeof at, act: () => Promise<unknown>]>> = {
    'that say nothing and leave': ['http', async () => (await connected(at.http)).end()],
    'that say nothing and are reset': ['http', async () => (await connected(at.http)).resetAndDestroy()],
    'that leave after an answer': ['http', async () => (await answered(at.http)).end()],
    'that are reset after an answer': ['http', async () => (await answered(at.http)).resetAndDestroy()],
    'that leave in the middle of a head': [
      'http',
      async () => {
        const socket = await connected(at.http)
        socket.write('GET / HT', () => socket.destroy())
      },
    ],
    'that say what is no HTTP': ['http', async () => (await connected(at.http)).write('what is this\r\n\r\n')],
    'that close their side alone': ['http', async () => (await answered(at.http)).resume().end()],
    'that close their side alone where the server lets them': [
      'halfOpen',
      async () => (await answered(at.halfOpen)).resume().end(),
    ],
    'that stay idle too long': ['idle', () => answered(at.idle)],
    'that are too slow': ['slow', async () => (await connected(at.slow)).resume().write('GET / HT')],
    'that finish TLS and leave': ['https', async () => (await secured(at.https)).end()],
    'that finish TLS and are reset': ['tls', async () => (await secured(at.tls)).destroy()],
    'that speak no TLS': ['https', async () => (await connected(at.https)).resume().write('this is no TLS')],
    'that give up in the middle of the handshake': [
      'https',
      async () => (await connected(at.https)).write(HELLO_BEGUN),
    ],
    'of TCP': ['tcp', async () => (await connected(at.tcp)).resume().end()],
    'of TCP that are reset': ['tcp', async () => (await connected(at.tcp)).resetAndDestroy()],
  }
  /** The first bytes of a TLS record whose rest never comes. */
  const HELLO_BEGUN = Buffer.from([22, 3, 1, 2, 0, 1])

  const protocolOf = (server: keyof typeof at) =>
    ({ https: 'https', tls: 'tls', tcp: 'tcp', full: 'tcp' })[server as string] ?? 'http'

  for (const [what, [server, act]] of Object.entries(WAYS)) {
    it(`${what} are counted, and then gone`, async () => {
      const bind = `${at[server]} ${protocolOf(server)}`
      const before = await of('total', bind)
      for (let i = 0; i < 3; i++) await act()
      await app.metricsWhen((families) => connections(families, 'total')[bind] === before + 3 && allGone(families))
    })
  }

  it('that a full server drops at once are not counted', async () => {
    const bind = `${at.full} tcp`
    const first = await connected(at.full)
    await app.metricsWhen((families) => connections(families, 'active')[bind] === 1)
    for (let i = 0; i < 3; i++) await once(net.connect(at.full, '127.0.0.1').resume(), 'close')
    assert.equal(await of('total', bind), 1)
    first.resume().end()
    await app.metricsWhen(allGone)
  })

  it('are all counted: 10,000 short ones', async () => {
    const bind = `${at.http} http`
    const before = await of('total', bind)
    let left = 10_000
    async function client(): Promise<void> {
      while (left-- > 0) {
        const socket = net.connect(at.http, '127.0.0.1').resume()
        socket.end(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
        await once(socket, 'close')
      }
    }
    await Promise.all(Array.from({ length: 50 }, client))
    const families = await app.metricsWhen(allGone)
    assert.equal(connections(families, 'total')[bind], before + 10_000)
  })

  // Last, as the server is closed by it.
  for (const command of ['closeIdleConnections', 'closeAllConnections', 'close']) {
    it(`that the server ends by ${command} are gone`, async () => {
      const bind = `${at.http} http`
      const before = await of('total', bind)
      const sockets = await Promise.all([1, 2, 3].map(() => answered(at.http)))
      assert.equal(await of('active', bind), 3)
      app.writeLine(command)
      await app.metricsWhen(allGone)
      assert.equal(await of('total', bind), before + 3)
      for (const socket of sockets) socket.destroy()
    })
  }
})

describe('accepted connections that are handed to a child process', () => {
  it('are gone from the process that accepted them', async () => {
    const app = await startApp(new URL('./apps/hands-over.cjs', import.meta.url))
    try {
      // Several at once: Node sends them one by one.
      const answers = await Promise.all([1, 2, 3].map(() => say(Number(app.ready), '')))
      assert.deepEqual(answers, Array(3).fill('from the child'))
      const bind = `${app.ready} tcp`
      await app.metricsWhen((families) => connections(families, 'total')[bind] === 3 && allGone(families))
    } finally {
      await app.stop()
    }
  })
})
