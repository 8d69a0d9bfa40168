import assert from 'node:assert/strict'
import net from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Access, Collected, Lock, Page, ScrapeOptions } from '../index.ts'
import { createScrapeEndpoint, type ScrapeEndpoint, type ScrapeEndpointOptions } from '../index.ts'

let endpoint: ScrapeEndpoint
let port: number
let collections: number
let written: ScrapeOptions[]
let text: string

/** What the endpoint exposes here: `text`, in pieces of 64 KiB. */
async function expose(): Promise<Collected> {
  collections++
  return {
    *write(options) {
      written.push(options)
      const bytes = Buffer.from(text)
      for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536)
    },
    release: () => {},
  }
}

async function start(options: ScrapeEndpointOptions = {}): Promise<void> {
  endpoint = createScrapeEndpoint(options)
  endpoint.expose(expose)
  port = Number(new URL((await endpoint.listen({ host: '127.0.0.1', port: 0 })).url).port)
}

beforeEach(async () => {
  collections = 0
  written = []
  text = 'a 1\n'
  await start()
})
afterEach(() => endpoint.close())

/** Writes this, and returns what arrives until the connection is closed. The socket stays open on this side until then. */
async function exchange(request: string | Buffer): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('end', () => socket.end())
  socket.on('error', () => {})
  socket.write(request)
  await new Promise((resolve) => socket.on('close', resolve))
  return Buffer.concat(chunks).toString('latin1')
}

/** Has the collection end when so many requests have arrived, which then share it. */
function collectWhenArrived(count: number): void {
  const { promise, resolve } = Promise.withResolvers<void>()
  let requests = 0
  endpoint.server.on('request', () => {
    if (++requests === count) resolve()
  })
  endpoint.expose(async () => {
    await promise
    return expose()
  })
}

const request = (target: string, { method = 'GET', headers = '' } = {}) =>
  exchange(`${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`)

const statusOf = (response: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(response)?.[1])
const bodyOf = (response: string) => response.slice(response.indexOf('\r\n\r\n') + 4)

describe('the paths of the endpoint', () => {
  for (const target of [
    '/metrics',
    '/metrics?',
    '/metrics?x=1',
    '/%6detrics',
    '/stats/prometheus',
    '/stats/prometheus?usedonly',
    'http://host:15020/metrics',
    'HTTP://[::1]:15020/stats/prometheus?x=1',
  ]) {
    it(`has the metrics at ${target}`, async () => {
      assert.equal(bodyOf(await request(target)), text)
    })
  }

  for (const target of [
    '/',
    '/metrics/',
    '/Metrics',
    '//metrics',
    '/metrics%2f',
    'http://host',
    'http://host?x=/metrics',
    '/?/metrics',
  ]) {
    it(`has nothing at ${target} and names the path of the metrics`, async () => {
      const response = await request(target)
      assert.equal(statusOf(response), 404)
      assert.match(bodyOf(response), /\/metrics\n$/)
    })
  }

  for (const target of [
    'metrics',
    '*',
    '/%',
    '/metrics?%zz',
    '/%ff',
    'http:///metrics',
    'ftp://host/metrics',
    'http:metrics',
  ]) {
    it(`refuses the malformed target ${target}`, async () => {
      assert.equal(statusOf(await request(target)), 400)
    })
  }

  it('reports that the process responds at /healthz, without collecting', async () => {
    const response = await request('/healthz')
    assert.deepEqual([statusOf(response), bodyOf(response)], [200, 'ok\n'])
    assert.equal(bodyOf(await request('/healthz', { method: 'HEAD' })), '')
    assert.equal(collections, 0)
  })

  it('refuses other methods, and names those that it supports', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const response = await request('/metrics', { method })
      assert.equal(statusOf(response), 405)
      assert.match(response, /^allow: GET, HEAD\r$/m)
    }
  })

  it('responds to a request of HTTP/1.0, which needs no Host', async () => {
    const response = await exchange('GET /metrics HTTP/1.0\r\n\r\n')
    assert.equal(bodyOf(response), text)
    assert.equal(statusOf(await exchange('GET /metrics HTTP/1.1\r\n\r\n')), 400)
  })
})

describe('a scrape', () => {
  it('is for the metrics that it names by name[], and else for all', async () => {
    await request('/metrics')
    await request('/metrics?name[]=a_total&name%5B%5D=b%20c&other=d&name[]=a_total')
    assert.deepEqual(
      written.map(({ names }) => names && [...names]),
      [undefined, ['a_total', 'b c']],
    )
  })

  it('collects once for HEAD, and writes nothing', async () => {
    const response = await request('/metrics', { method: 'HEAD', headers: 'Accept-Encoding: gzip\r\n' })
    assert.equal(statusOf(response), 200)
    assert.match(response, /^content-encoding: gzip\r$/m)
    assert.equal(bodyOf(response), '')
    assert.deepEqual([collections, written], [1, []])
  })

  it('gets a large body whole, in chunks, compressed or not', async () => {
    text = Array.from({ length: 100_000 }, (_, i) => `a{i="${i}"} ${i}\n`).join('')
    const plain = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': 'identity' } })
    assert.equal(plain.headers.get('content-length'), null)
    assert.equal(await plain.text(), text)
    const compressed = await exchange('GET /metrics HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n')
    assert.equal(gunzipSync(Buffer.from(bodyOf(compressed), 'latin1')).toString(), text)
  })

  it('shares what is written with those that arrive at the same time and ask for the same', async () => {
    text = 'a 1\n'.repeat(100_000)
    collectWhenArrived(8)
    const targets = ['/metrics', '/metrics?name[]=a&name[]=b', '/metrics?name[]=b&name[]=a', '/stats/prometheus?x']
    const bodies = await Promise.all(targets.flatMap((target) => [request(target), request(target)]))
    for (const body of bodies) assert.ok(body.length > text.length)
    assert.equal(written.length, 2)
  })

  it('goes on by itself for a client that falls behind those that it shares with', async () => {
    text = Array.from({ length: 500_000 }, (_, i) => `a{i="${i}"} ${i}\n`).join('')
    collectWhenArrived(2)
    const head = 'GET /metrics HTTP/1.0\r\n\r\n'
    const slow = net.connect(port, '127.0.0.1').pause()
    slow.write(head)
    const fast = await exchange(head)
    assert.equal(bodyOf(fast), text)
    assert.equal(bodyOf(Buffer.concat(await slow.toArray()).toString('latin1')), text)
    assert.equal(written.length, 2)
  })

  for (const seconds of ['0.2', '0.25']) {
    it(`gets status 503 in time when collecting takes longer than its timeout of ${seconds} s`, async () => {
      endpoint.expose(() => new Promise(() => {}))
      const response = await request('/metrics', { headers: `X-Prometheus-Scrape-Timeout-Seconds: ${seconds}\r\n` })
      assert.equal(statusOf(response), 503)
      assert.match(response, /^retry-after: 1\r$/m)
    })
  }

  it('is not cut short by a timeout that is no time', async () => {
    for (const seconds of ['0', '-1', 'NaN', 'soon', 'Infinity', '', '1e400']) {
      const { promise, resolve } = Promise.withResolvers<Collected>()
      endpoint.expose(() => {
        setTimeout(async () => resolve(await expose()), 20)
        return promise
      })
      const response = await request('/metrics', { headers: `X-Prometheus-Scrape-Timeout-Seconds: ${seconds}\r\n` })
      assert.equal(statusOf(response), 200, seconds)
    }
  })

  it('is recorded, the last of each client', async () => {
    const agent = `x\u00e9${'y'.repeat(200)}`
    await exchange(Buffer.from(`GET /metrics HTTP/1.0\r\nUser-Agent: ${agent}\r\n\r\n`, 'latin1'))
    for (let i = 0; i < 3; i++) await request('/stats/prometheus')
    const [last, first] = endpoint.scrapes
    assert.equal(endpoint.scrapes.length, 2)
    assert.deepEqual(
      [last?.client, last?.path, last?.status, last?.format, last?.userAgent, last?.bytes],
      ['127.0.0.1', '/stats/prometheus', 200, 'text', '', text.length],
    )
    assert.equal(first?.userAgent, `x?${'y'.repeat(98)}`)
    for (let i = 0; i < 20; i++) await request('/metrics', { headers: `User-Agent: ${i}\r\n` })
    assert.deepEqual(
      endpoint.scrapes.map(({ userAgent }) => userAgent),
      Array.from({ length: 8 }, (_, i) => String(19 - i)),
    )
  })
})

describe('a connection', () => {
  it('has one request at a time: it is closed after the first of several', async () => {
    for (const first of ['/metrics', '/', '/healthz']) {
      const response = await exchange(`GET ${first} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(3))
      assert.equal(response.match(/^HTTP\/1\.1 /gm)?.length, 1)
    }
    assert.equal(collections, 1)
  })

  it('may have any number of requests one after the other', async () => {
    const socket = net.connect(port, '127.0.0.1')
    for (let i = 0; i < 5; i++) {
      socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')
      const [chunk] = await Promise.race([
        new Promise<Buffer[]>((resolve) => socket.once('data', (data: Buffer) => resolve([data]))),
        new Promise<never>((_, reject) => socket.once('close', () => reject(new Error('closed')))),
      ])
      assert.match(String(chunk), /^HTTP\/1\.1 200 .*\r\nConnection: keep-alive\r\n/s)
    }
    socket.destroy()
  })

  it('of a client that has closed its side gets the response', async () => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.end('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.match(Buffer.concat(await socket.toArray()).toString(), /a 1\n$/)
  })

  for (const [what, status, text] of [
    ['a body of a known length', 413, 'GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\nx'],
    ['a body in chunks', 413, 'GET /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'],
    ['a body, by POST', 405, 'POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\nx'],
    ['an expectation', 417, 'GET /metrics HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n'],
    ['another expectation', 417, 'GET /metrics HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nConnection: close\r\n\r\n'],
    ['CONNECT', 405, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a head that is too large', 431, `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a target that is too long', 431, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['no HTTP', 400, 'nonsense\r\n\r\n'],
    ['the preface of HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the beginning of TLS', 400, '\x16\x03\x01\x02\x00\x01\x00\x01'],
    ['two lengths', 400, 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
  ] as const) {
    it(`is closed after a response to ${what}`, async () => {
      const response = await exchange(Buffer.from(text, 'latin1'))
      assert.ok([status, Number.NaN].includes(statusOf(response)), response)
      if (what !== 'the preface of HTTP/2') assert.equal(statusOf(response), status)
      assert.equal(collections, 0)
    })
  }

  it('that offers an upgrade gets the response all the same', async () => {
    const upgrade = 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n'
    const socket = net.connect(port, '127.0.0.1')
    socket.write(`GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n${upgrade}\r\n`)
    const chunk = await new Promise((resolve) => socket.once('data', resolve))
    assert.match(String(chunk), /^HTTP\/1\.1 200 /)
    socket.destroy()
  })
})

describe('the hooks of the endpoint', () => {
  const restart = async (options: ScrapeEndpointOptions) => {
    await endpoint.close()
    await start(options)
  }

  /** A lock without TLS. */
  const lockOf = ({ check, headers }: Access): Lock => ({
    check,
    headers,
    open: () => ({ isTls: false }),
    admit: (socket, serve) => serve(socket),
  })

  it('let access refuse any request but that of /healthz, with headers on every response', async () => {
    const access: Access = {
      check: async ({ headers }) =>
        headers.authorization === 'Bearer t'
          ? undefined
          : { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'no\n' },
      headers: { 'x-content-type-options': 'nosniff' },
    }
    await restart({ lock: lockOf(access) })
    for (const target of ['/metrics', '/', '/stats/prometheus']) {
      const response = await request(target)
      assert.deepEqual([statusOf(response), bodyOf(response)], [401, 'no\n'])
      assert.match(response, /^www-authenticate: Bearer\r$/m)
    }
    assert.equal(collections, 0)
    assert.equal(statusOf(await request('/metrics', { headers: 'Authorization: Bearer t\r\n' })), 200)
    for (const target of ['/healthz', '/metrics', '/%']) {
      assert.match(await request(target), /^x-content-type-options: nosniff\r$/m)
    }
  })

  it('let nothing through when the check of access fails', async () => {
    const errors: unknown[] = []
    const failure = new Error('secret')
    await restart({
      lock: lockOf({ check: () => Promise.reject(failure), headers: {} }),
      onError: (error) => errors.push(error),
    })
    const response = await request('/metrics')
    assert.equal(statusOf(response), 500)
    assert.doesNotMatch(response, /secret/)
    assert.deepEqual([errors, collections], [[failure], 0])
  })

  it('let a page respond to paths of its own, and to no other', async () => {
    const page: Page = {
      respond(path, _, response) {
        if (path !== '/') return false
        response.end('page\n')
        return true
      },
    }
    await restart({ page })
    assert.equal(bodyOf(await request('/?x')), 'page\n')
    assert.equal(statusOf(await request('/elsewhere')), 404)
    assert.equal(bodyOf(await request('/metrics')), text)
  })
})
