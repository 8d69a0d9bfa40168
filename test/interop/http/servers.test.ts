import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type App, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { connections, counted, noneActive, SIZES, total } from './requests.ts'
import { sendRaw } from './send-raw.ts'

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
  it('counts requests and connections of every kind of server, and none of the metrics endpoint', async () => {
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
    await app.metricsWhen(noneActive)
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

  /**
   * Returns what was counted during an action: for each key the requests, and the bytes of their bodies and of the
   * responses' bodies. Waits until it is this many requests.
   */
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

  for (const [what, text, expected, firstStatus] of [
    ['the method HEAD', head('HEAD /hello', CLOSE), one('HEAD 200', 0, 0), 200],
    ['HTTP/1.0', 'GET /hello HTTP/1.0\r\n\r\n', one('GET 200', 0, 5), 200],
    ['status 204', head('GET /empty', CLOSE), one('GET 204', 0, 0), 204],
    ['status 304', head('GET /unmodified', CLOSE), one('GET 304', 0, 0), 304],
    ['early hints (103)', head('GET /hints', CLOSE), one('GET 200', 0, 5), 103],
    ['trailers', head('GET /trailers', CLOSE), one('GET 200', 0, 4), 200],
    [
      '100-continue',
      `${head('POST /echo', CLOSE, 'Expect: 100-continue', 'Content-Length: 2')}ok`,
      one('POST 200', 2, 2),
      100,
    ],
    ['an unknown expectation', head('POST /read', CLOSE, 'Expect: wonders'), one('POST 417', 0, 0), 417],
    [
      'a chunked body',
      `${head('POST /echo', CLOSE, CHUNKED)}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: 1\r\n\r\n`,
      one('POST 200', 7, 7),
      200,
    ],
    ['no Host', `GET /hello HTTP/1.1\r\n\r\n`, one('GET 400', 0, 0), 400],
    ['something that is not HTTP', 'this is not HTTP\r\n\r\n', one('_OTHER 400', 0, 0), 400],
    ['two lengths', head('POST /read', 'Content-Length: 1', 'Content-Length: 2'), one('_OTHER 400', 0, 0), 400],
    ['a head that is too large', head('GET /hello', `X: ${'x'.repeat(5000)}`), one('_OTHER 431', 0, 0), 431],
    ['a broken chunk', `${head('POST /read', CHUNKED)}3\r\nabc\r\nzz\r\n`, one('POST 400', 3, 0), 400],
    ['a connection that is cut before any response', head('GET /silent'), one('GET _OTHER', 0, 0), undefined],
    ['a connection that is cut in the middle of the response', head('GET /half'), one('GET 200', 0, 4), 200],
    ['a connection that is cut in the middle of the last write', head('GET /cut'), one('GET 203', 0, 20_000_000), 203],
  ] as const) {
    it(`counts a request with ${what} as ${Object.keys(expected)}, with the bytes of its bodies`, async () => {
      let received = ''
      const counts = await added(async () => {
        received = await sendRaw(at.http, text)
      }, 1)
      assert.deepEqual(counts, expected)
      assert.equal(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1], firstStatus === undefined ? undefined : String(firstStatus))
    })
  }

  it('counts the bytes of an encoded body as they are on the wire', async () => {
    let bytes = 0
    const counts = await added(async () => {
      const received = await sendRaw(at.http, head('GET /gzip', CLOSE))
      bytes = Number(/content-length: (\d+)/i.exec(received)?.[1])
    }, 1)
    assert.deepEqual(counts, one('GET 200', 0, bytes))
    assert.ok(bytes > 0 && bytes < 100)
  })

  for (const [what, text, status] of [
    ['whose head comes too slowly', 'GET /hello HTT', '_OTHER 408'],
    ['whose body comes too slowly', `${head('POST /read', 'Content-Length: 10')}half`, 'POST 408'],
  ] as const) {
    it(`counts a request ${what} as ${status}`, async () => {
      const counts = await added(async () => {
        assert.match(await sendRaw(at.impatient, text), /^HTTP\/1\.1 408 /)
      }, 1)
      assert.deepEqual(Object.keys(counts), [`${status} unknown`])
    })
  }

  it('counts a request over TLS that is not HTTP', async () => {
    const counts = await added(async () => {
      const socket = tls.connect({ port: at.https, host: '127.0.0.1', rejectUnauthorized: false }).resume()
      socket.write('this is not HTTP\r\n\r\n')
      await once(socket, 'close')
    }, 1)
    assert.deepEqual(counts, one('_OTHER 400', 0, 0))
  })

  it('records no duration and no request size for a refused head', async () => {
    const refused = { method: '_OTHER', status: '400' }
    const families = await app.metrics()
    assert.ok(sumOf(families, 'agentgateway_requests_total', refused) > 0)
    assert.equal(sumOf(families, 'agentgateway_request_duration_seconds_count', refused), 0)
    assert.equal(sumOf(families, 'agentgateway_request_size_bytes_count', refused), 0)
  })

  it('counts pipelined requests one by one', async () => {
    const text = `${`${head('POST /echo', 'Content-Length: 3')}abc${head('GET /hello')}`.repeat(20)}${head('GET /hello', CLOSE)}`
    assert.deepEqual(await added(() => sendRaw(at.http, text), 41), {
      'POST 200 unknown': [20, 60, 60],
      'GET 200 unknown': [21, 0, 105],
    })
  })

  it('counts requests that are pipelined behind one without a response once each, when their connection closes', async () => {
    const waiting = app.line(/never responds/)
    const counts = await added(async () => {
      const socket = net.connect(at.http, '127.0.0.1')
      socket.write(head('GET /never') + head('GET /hello').repeat(30))
      await waiting
      socket.destroy()
    }, 31)
    // Node kept the responses to the others back, and never sent them.
    assert.deepEqual(Object.keys(counts), ['GET 499 unknown'])
    assert.equal(counts['GET 499 unknown']?.[0], 31)
    assert.equal(app.stderr().includes('Warning'), false)
  })

  it('counts a request as 499 if its client disconnects in the middle of a response that the app has ended', async () => {
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      const counts = await added(async () => {
        const socket = net.connect(at.http, '127.0.0.1')
        socket.write(head('GET /large'))
        await once(socket, 'data')
        socket[how]()
      }, 1)
      assert.deepEqual(Object.keys(counts), ['GET 499 unknown'])
    }
  })

  it('counts no request if the client disconnects in the middle of a head, and 499 in the middle of a body', async () => {
    const before = await app.metrics()
    const counts = await added(async () => {
      for (const text of ['GET /hel', `${head('POST /read', 'Content-Length: 100')}half`]) {
        for (const how of ['end', 'resetAndDestroy'] as const) {
          const socket = net.connect(at.http, '127.0.0.1').resume()
          await once(socket, 'connect')
          socket.write(text, () => socket[how]())
          await once(socket, 'close')
        }
      }
    }, 1)
    for (const key of Object.keys(counts)) assert.equal(key, 'POST 499 unknown')
    const after = await app.metricsWhen(noneActive)
    const accepted = (families: Families) => connections(families, 'total')[`${at.http} http`] ?? 0
    assert.equal(accepted(after) - accepted(before), 4)
  })

  it('counts large request bodies whole and in constant memory, whether or not the app reads them', async () => {
    const memory = async () => Number((await sendRaw(at.http, head('GET /memory', CLOSE))).split('\r\n\r\n')[1])
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
      const counts = await added(() => upload(path, 2000), 2)
      const grown = (await memory()) - before
      assert.equal(counts['PUT 200 unknown']?.[1], 200_000_000)
      assert.ok(grown < 100_000_000, `${path}: grew by ${grown} bytes`)
    }
  })
})
