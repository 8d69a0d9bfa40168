import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { type App, startApp } from '../../harness/app.ts'
import { afterRequests, connections, counted, SIZES, total } from './requests.ts'
import { sendRaw } from './send-raw.ts'

describe('upgrades', () => {
  let app: App
  let at: { http: number; https: number; plain: number }
  before(async () => {
    app = await startApp(new URL('./apps/upgrades.js', import.meta.url))
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  /** Returns what was counted during an action; waits until it is this many requests. */
  async function added(act: () => Promise<void>, requests = 1): Promise<Record<string, number>> {
    const before = await app.metrics()
    await act()
    const now = await afterRequests(app, total(before) + requests)
    const was = counted(before)
    const more = Object.entries(counted(now)).map(([key, value]) => [key, value - (was[key] ?? 0)] as const)
    return Object.fromEntries(more.filter(([, value]) => value > 0))
  }

  const upgrade = (path: string, ...fields: string[]) =>
    `${[`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: Upgrade', 'Upgrade: raw', ...fields].join('\r\n')}\r\n\r\n`

  for (const scheme of ['ws', 'wss'] as const) {
    it(`counts a WebSocket (${scheme}) while it is open, as a request with status 101 and one connection`, async () => {
      const port = scheme === 'ws' ? at.http : at.https
      const bind = `${port} ${scheme === 'ws' ? 'http' : 'https'}`
      let socket: WebSocket | undefined
      const counts = await added(async () => {
        socket = new WebSocket(`${scheme}://127.0.0.1:${port}/chat`, { rejectUnauthorized: false })
        await once(socket, 'open')
        for (let i = 0; i < 100; i++) {
          socket.send('x'.repeat(1000))
          await once(socket, 'message')
        }
      })
      assert.deepEqual(counts, { 'GET 101 unknown': 1 })
      const open = await app.metrics()
      assert.equal(connections(open, 'active')[bind], 1)
      assert.equal(connections(open, 'total')[bind], 1)
      assert.equal(counted(open, SIZES.response)['GET 101 unknown'], 0)
      socket?.close()
      const closed = await app.metricsWhen((families) => connections(families, 'active')[bind] === 0)
      assert.equal(total(closed), total(open))
    })
  }

  for (const [path, key, bytes] of [
    ['/unauthorized', 'GET 401 unknown', 3],
    ['/pieces', 'GET 409 unknown', 4],
    ['/framework', 'GET 403 unknown', 9],
    ['/silent', 'GET _OTHER unknown', 0],
  ] as const) {
    it(`counts a refused upgrade with the status and the body that were sent: ${path} as ${key}`, async () => {
      let received = ''
      assert.deepEqual(
        await added(async () => {
          received = await sendRaw(at.http, upgrade(path))
        }),
        { [key]: 1 },
      )
      assert.equal(counted(await app.metrics(), SIZES.response)[key], bytes)
      assert.equal(received.split('\r\n\r\n').at(-1)?.length, bytes)
    })
  }

  it('counts an upgrade that ws refuses with the status that ws sends', async () => {
    assert.deepEqual(
      await added(async () => {
        const headers = 'Sec-WebSocket-Version: 3\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
        const received = await sendRaw(at.http, upgrade('/chat', headers).replace('raw', 'websocket'))
        assert.match(received, /^HTTP\/1\.1 4/)
      }),
      { 'GET 400 unknown': 1 },
    )
  })

  it('counts an upgrade whose client disconnects before a response as 499', async () => {
    assert.deepEqual(
      await added(async () => {
        const socket = net.connect(at.http, '127.0.0.1')
        socket.write(upgrade('/never'))
        await app.line(/upgrade waits/)
        socket.resetAndDestroy()
      }),
      { 'GET 499 unknown': 1 },
    )
  })

  it('counts an upgrade after other requests of the same connection', async () => {
    assert.deepEqual(
      await added(async () => {
        const socket = net.connect(at.http, '127.0.0.1').setEncoding('latin1')
        socket.write('GET /one HTTP/1.1\r\nHost: a\r\n\r\n')
        await once(socket, 'data')
        socket.write(upgrade('/raw'))
        const [response] = await once(socket, 'data')
        assert.match(response, /^HTTP\/1\.1 101/)
        socket.destroy()
      }, 2),
      { 'GET 200 unknown': 1, 'GET 101 unknown': 1 },
    )
  })

  it('counts an upgrade to a server that does not handle upgrades as a plain request', async () => {
    assert.deepEqual(
      await added(async () => {
        const text = upgrade('/').replace('Connection: Upgrade', 'Connection: Upgrade, close')
        assert.match(await sendRaw(at.plain, text), /plain \/$/)
      }),
      { 'GET 200 unknown': 1 },
    )
  })

  it('counts a CONNECT when the tunnel opens, without what goes through it', async () => {
    const socket = net.connect(at.http, '127.0.0.1').setEncoding('latin1')
    assert.deepEqual(
      await added(async () => {
        socket.write('CONNECT open.test:1 HTTP/1.1\r\nHost: open.test:1\r\n\r\n')
        await once(socket, 'data')
        socket.write('through the tunnel')
        await once(socket, 'data')
      }),
      { 'CONNECT 200 unknown': 1 },
    )
    assert.equal(counted(await app.metrics(), SIZES.response)['CONNECT 200 unknown'], 0)
    socket.destroy()
  })

  it('counts a CONNECT that the app refuses, or has no listener for, with the status that was sent', async () => {
    assert.deepEqual(
      await added(async () => {
        await sendRaw(at.http, 'CONNECT forbidden.test:1 HTTP/1.1\r\nHost: forbidden.test:1\r\n\r\n')
      }),
      { 'CONNECT 403 unknown': 1 },
    )
    assert.deepEqual(
      await added(async () => {
        assert.equal(await sendRaw(at.plain, 'CONNECT open.test:1 HTTP/1.1\r\nHost: open.test:1\r\n\r\n'), '')
      }),
      { 'CONNECT _OTHER unknown': 1 },
    )
  })
})
