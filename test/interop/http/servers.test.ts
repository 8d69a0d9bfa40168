import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type App, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { allGone, connections, counted, SIZES, total } from './requests.ts'
import { say } from './say.ts'

interface Addresses {
  readonly http: number
  readonly second: number
  readonly impatient: number
  readonly https: number
  readonly tls: number
  readonly tcp: number
  readonly unix: string
}

const start = (preload: '--import' | '--require' = '--import') =>
  startApp(new URL('./apps/servers.cjs', import.meta.url), { preload, nodeOptions: ['--expose-gc'] })

const head = (start: string, ...fields: string[]) =>
  `${start} HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const CLOSE = 'Connection: close'
const CHUNKED = 'Transfer-Encoding: chunked'

const get = (url: string, agent: http.Agent, options: http.RequestOptions = {}) =>
  new Promise<void>((resolve, reject) => {
    const { request } = url.startsWith('https') ? https : http
    request(url, { agent, ...options }, (response) => response.resume().on('end', () => resolve()))
      .on('error', reject)
      .end()
  })

describe('servers of Node.js', () => {
  it('have their requests and connections counted, each by its port, and our own endpoint has not', async () => {
    const app = await start('--require')
    const at: Addresses = JSON.parse(app.ready)
    const plain = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const secure = new https.Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false })
    for (let i = 0; i < 10; i++) await get(`http://127.0.0.1:${at.http}/hello`, plain)
    await get(`http://127.0.0.1:${at.second}/hello`, plain)
    await Promise.all(Array.from({ length: 10 }, () => get(`https://127.0.0.1:${at.https}/hello`, secure)))
    await get('http://localhost/hello', new http.Agent(), { socketPath: at.unix })
    await once(net.connect(at.tcp, '127.0.0.1').resume(), 'close')
    await once(tls.connect({ port: at.tls, host: '127.0.0.1', rejectUnauthorized: false }).resume(), 'close')
    for (let i = 0; i < 3; i++) await app.metrics()

    const open = { [`${at.http} http`]: 1, [`${at.second} http`]: 1, [`${at.https} https`]: 2 }
    const closed = { 'unix http': 0, [`${at.tcp} tcp`]: 0, [`${at.tls} tls`]: 0 }
    const families = await app.metricsWhen((families) => {
      const active = connections(families, 'active')
      return total(families) === 22 && Object.keys(closed).every((key) => active[key] === 0)
    })
    assert.deepEqual(counted(families), { 'GET 200 unknown': 22 })
    assert.deepEqual(connections(families, 'active'), { ...open, ...closed })
    assert.deepEqual(connections(families, 'total'), {
      ...open,
      'unix http': 1,
      [`${at.tcp} tcp`]: 1,
      [`${at.tls} tls`]: 1,
    })

    plain.destroy()
    secure.destroy()
    await app.metricsWhen(allGone)
    await app.stop()
  })
})

describe('requests over HTTP/1', () => {
  let app: App
  let at: Addresses
  before(async () => {
    app = await start()
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  /** What was counted since, as soon as so many requests were: how many, and the bytes of their bodies. */
  async function added(act: () => Promise<unknown>, requests: number): Promise<Record<string, readonly number[]>> {
    const before = await app.metrics()
    await act()
    const now = await app.metricsWhen((families) => total(families) >= total(before) + requests)
    const rows = Object.keys(counted(now)).map((key) => {
      const grown = (sample?: string) => (counted(now, sample)[key] ?? 0) - (counted(before, sample)[key] ?? 0)
      return [key, [grown(), grown(SIZES.request), grown(SIZES.response)]] as const
    })
    return Object.fromEntries(rows.filter(([, [requests]]) => requests !== 0))
  }

  const one = (key: string, requestBytes: number, responseBytes: number) => ({
    [`${key} unknown`]: [1, requestBytes, responseBytes],
  })

  for (const [what, text, expected, answered] of [
    ['HEAD', head('HEAD /hello', CLOSE), one('HEAD 200', 0, 0), 200],
    ['HTTP/1.0', 'GET /hello HTTP/1.0\r\n\r\n', one('GET 200', 0, 5), 200],
    ['204', head('GET /empty', CLOSE), one('GET 204', 0, 0), 204],
    ['304', head('GET /unmodified', CLOSE), one('GET 304', 0, 0), 304],
    ['103', head('GET /hints', CLOSE), one('GET 200', 0, 5), 103],
    ['trailers', head('GET /trailers', CLOSE), one('GET 200', 0, 4), 200],
    [
      '100-continue',
      `${head('POST /echo', CLOSE, 'Expect: 100-continue', 'Content-Length: 2')}ok`,
      one('POST 200', 2, 2),
      100,
    ],
    ['an expectation of another kind', head('POST /read', CLOSE, 'Expect: wonders'), one('POST 417', 0, 0), 417],
    [
      'chunks',
      `${head('POST /echo', CLOSE, CHUNKED)}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: 1\r\n\r\n`,
      one('POST 200', 7, 7),
      200,
    ],
    ['no Host', `GET /hello HTTP/1.1\r\n\r\n`, one('GET 400', 0, 0), 400],
    ['no HTTP', 'this is not HTTP\r\n\r\n', one('_OTHER 400', 0, 0), 400],
    ['two lengths', head('POST /read', 'Content-Length: 1', 'Content-Length: 2'), one('_OTHER 400', 0, 0), 400],
    ['a head that is too large', head('GET /hello', `X: ${'x'.repeat(5000)}`), one('_OTHER 431', 0, 0), 431],
    ['a broken chunk', `${head('POST /read', CHUNKED)}3\r\nabc\r\nzz\r\n`, one('POST 400', 3, 0), 400],
    ['a cut before any answer', head('GET /silent'), one('GET _OTHER', 0, 0), undefined],
    ['a cut in the middle of the answer', head('GET /half'), one('GET 200', 0, 4), 200],
    ['a cut in the middle of the last write', head('GET /cut'), one('GET 203', 0, 20_000_000), 203],
  ] as const) {
    it(`with ${what} count as ${Object.keys(expected)}, with the bytes of their bodies`, async () => {
      let heard = ''
      const seen = await added(async () => {
        heard = await say(at.http, text)
      }, 1)
      assert.deepEqual(seen, expected)
      assert.equal(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1], answered === undefined ? undefined : String(answered))
    })
  }

  it('with an encoded body count its bytes on the wire', async () => {
    let bytes = 0
    const seen = await added(async () => {
      const heard = await say(at.http, head('GET /gzip', CLOSE))
      bytes = Number(/content-length: (\d+)/i.exec(heard)?.[1])
    }, 1)
    assert.deepEqual(seen, one('GET 200', 0, bytes))
    assert.ok(bytes > 0 && bytes < 100)
  })

  for (const [what, text, status] of [
    ['whose head comes too slowly', 'GET /hello HTT', '_OTHER 408'],
    ['whose body comes too slowly', `${head('POST /read', 'Content-Length: 10')}half`, 'POST 408'],
  ] as const) {
    it(`${what} count as ${status}`, async () => {
      const seen = await added(async () => {
        assert.match(await say(at.impatient, text), /^HTTP\/1\.1 408 /)
      }, 1)
      assert.deepEqual(Object.keys(seen), [`${status} unknown`])
    })
  }

  it('over TLS that cannot be read count as well', async () => {
    const seen = await added(async () => {
      const socket = tls.connect({ port: at.https, host: '127.0.0.1', rejectUnauthorized: false }).resume()
      socket.write('this is not HTTP\r\n\r\n')
      await once(socket, 'close')
    }, 1)
    assert.deepEqual(seen, one('_OTHER 400', 0, 0))
  })

  it('of a refused head have no duration and no size of what was asked', async () => {
    const refused = { method: '_OTHER', status: '400' }
    const families = await app.metrics()
    assert.ok(sumOf(families, 'agentgateway_requests_total', refused) > 0)
    assert.equal(sumOf(families, 'agentgateway_request_duration_seconds_count', refused), 0)
    assert.equal(sumOf(families, 'agentgateway_request_size_bytes_count', refused), 0)
  })

  it('that are pipelined count one by one', async () => {
    const text = `${`${head('POST /echo', 'Content-Length: 3')}abc${head('GET /hello')}`.repeat(20)}${head('GET /hello', CLOSE)}`
    assert.deepEqual(await added(() => say(at.http, text), 41), {
      'POST 200 unknown': [20, 60, 60],
      'GET 200 unknown': [21, 0, 105],
    })
  })

  it('that are pipelined behind one that is never answered are gone with their connection, once each', async () => {
    const waiting = app.line(/never answers/)
    const seen = await added(async () => {
      const socket = net.connect(at.http, '127.0.0.1')
      socket.write(head('GET /never') + head('GET /hello').repeat(30))
      await waiting
      socket.destroy()
    }, 31)
    // What the app wrote behind the first was kept, and never sent.
    assert.deepEqual(Object.keys(seen), ['GET 499 unknown'])
    assert.equal(seen['GET 499 unknown']?.[0], 31)
    assert.equal(app.stderr().includes('Warning'), false)
  })

  it('whose client leaves in the middle of an answer that the app has ended count as 499', async () => {
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      const seen = await added(async () => {
        const socket = net.connect(at.http, '127.0.0.1')
        socket.write(head('GET /large'))
        await once(socket, 'data')
        socket[how]()
      }, 1)
      assert.deepEqual(Object.keys(seen), ['GET 499 unknown'])
    }
  })

  it('whose client leaves in the middle of its head or body count as nothing, and as 499', async () => {
    const before = await app.metrics()
    const seen = await added(async () => {
      for (const text of ['GET /hel', `${head('POST /read', 'Content-Length: 100')}half`]) {
        for (const how of ['end', 'resetAndDestroy'] as const) {
          const socket = net.connect(at.http, '127.0.0.1').resume()
          await once(socket, 'connect')
          socket.write(text, () => socket[how]())
          await once(socket, 'close')
        }
      }
    }, 1)
    for (const key of Object.keys(seen)) assert.equal(key, 'POST 499 unknown')
    const after = await app.metricsWhen(allGone)
    const accepted = (families: Families) => connections(families, 'total')[`${at.http} http`] ?? 0
    assert.equal(accepted(after) - accepted(before), 4)
  })

  it('that are not read, or read, arrive in constant memory, and count whole', async () => {
    const memory = async () => Number((await say(at.http, head('GET /memory', CLOSE))).split('\r\n\r\n')[1])
    const chunk = Buffer.alloc(100_000)
    async function upload(path: string, chunks: number): Promise<void> {
      const socket = net.connect(at.http, '127.0.0.1').resume()
      socket.write(head(`PUT ${path}`, `Content-Length: ${chunks * chunk.length}`))
      for (let sent = 0; sent < chunks; sent++) if (!socket.write(chunk)) await once(socket, 'drain')
      socket.write(head('GET /hello', CLOSE))
      await once(socket, 'close')
    }
    for (const path of ['/read', '/unread']) {
      await upload(path, 100)
      const before = await memory()
      const seen = await added(() => upload(path, 2000), 2)
      const grown = (await memory()) - before
      assert.equal(seen['PUT 200 unknown']?.[1], 200_000_000)
      assert.ok(grown < 100_000_000, `${path}: grew by ${grown} bytes`)
    }
  })
})
