import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as undici from 'undici'
import { Journal } from '../journal.test-support.ts'

interface Asked {
  method: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  signal?: AbortSignal
}

/** What every client does: asks, and reads the answer; the body in pieces where `onData` is given. */
type Client = (url: string, asked: Asked, onData?: (text: string) => void) => Promise<{ status: number; body: string }>

const viaFetch =
  (fetch: typeof globalThis.fetch): Client =>
  async (url, { method, headers = {}, body = null, signal = null }, onData) => {
    const response = await fetch(url, { method, headers, body, signal })
    let text = ''
    for await (const chunk of response.body ?? []) {
      const piece = Buffer.from(chunk).toString('latin1')
      text += piece
      onData?.(piece)
    }
    return { status: response.status, body: text }
  }

const viaHttp: Client = (url, { method, headers = {}, body, signal }, onData) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false, ...(signal && { signal }) }, (response) => {
      let text = ''
      response.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        onData?.(piece)
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })

const viaUndiciRequest: Client = async (url, { method, headers = {}, body = null, signal }, onData) => {
  const response = await undici.request(url, { method, headers, body, ...(signal && { signal }) } as never)
  let text = ''
  for await (const chunk of response.body) {
    text += chunk.toString('latin1')
    onData?.(chunk.toString('latin1'))
  }
  return { status: response.statusCode, body: text }
}

const CLIENTS: Record<string, Client> = {
  "Node's fetch": viaFetch(globalThis.fetch),
  "npm undici's fetch": viaFetch(undici.fetch as unknown as typeof globalThis.fetch),
  "npm undici's request": viaUndiciRequest,
  'node:http': viaHttp,
}

let server: http.Server
let url: string
let handle: http.RequestListener
let journal: Journal

before(async () => {
  server = http.createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  journal = new Journal('client', { bodies: true })
})
afterEach(() => journal.stop())

for (const [name, ask] of Object.entries(CLIENTS)) {
  describe(`client exchanges of ${name}`, () => {
    it('tell request and response, and their bodies, and end once', async () => {
      handle = (request, response) => {
        request.resume().on('end', () => {
          response.writeHead(201, { 'x-answer': 'yes' })
          response.write('one,')
          response.end('two')
        })
      }
      const answer = await ask(`${url}/path?q=1`, { method: 'POST', headers: { 'X-Ask': 'why' }, body: 'question' })
      assert.deepEqual(answer, { status: 201, body: 'one,two' })
      const [heard] = await journal.ended(1)
      assert.equal(heard?.side, 'client')
      assert.equal(heard?.method, 'POST')
      assert.equal(heard?.target, '/path?q=1')
      assert.equal(`http://${heard?.host}`, url)
      assert.equal(heard?.header('x-ask'), 'why')
      assert.equal(heard?.requestText, 'question')
      assert.equal(heard?.requestBytes, 8)
      assert.equal(heard?.requestEnds, 1)
      assert.equal(heard?.status, 201)
      assert.equal(heard?.responseHeader('x-answer'), 'yes')
      assert.equal(heard?.responseText, 'one,two')
      assert.equal(heard?.responseBytes, 7)
      assert.equal(heard?.outcome, 'complete')
      assert.equal(heard?.ends, 1)
      assert.equal(journal.exchanges.length, 1)
    })

    it('take no notice of early hints before the answer', async () => {
      handle = (_request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.end('answer'))
      }
      await ask(url, { method: 'GET' })
      const [heard] = await journal.ended(1)
      assert.equal(heard?.status, 200)
      assert.equal(heard?.responseText, 'answer')
      assert.equal(heard?.outcome, 'complete')
    })

    it('lend a gzipped answer decoded', async () => {
      const zipped = gzipSync('plain text')
      handle = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)
      await ask(url, { method: 'GET' })
      const [heard] = await journal.ended(1)
      assert.equal(heard?.responseText, 'plain text')
      assert.equal(heard?.responseBytes, zipped.length)
    })

    it('lend an encoded request decoded, and count its bytes as they are sent', async () => {
      for (const [encoding, encode] of Object.entries({
        gzip: gzipSync,
        br: brotliCompressSync,
        zstd: zstdCompressSync,
      })) {
        const body = encode('plain question')
        handle = (request, response) => request.resume().on('end', () => response.end())
        await ask(url, { method: 'POST', headers: { 'content-encoding': encoding }, body })
        const heard = (await journal.ended(1)).pop()
        assert.equal(heard?.requestText, 'plain question')
        assert.equal(heard?.requestBytes, body.length)
      }
      assert.deepEqual(journal.faults, [])
    })

    it('lend nothing of a request that is not encoded as it says, and still count it', async () => {
      handle = (request, response) => request.resume().on('end', () => response.end('fine'))
      for (const encoding of ['gzip', 'rot13']) {
        const headers = { 'content-encoding': encoding }
        assert.equal((await ask(url, { method: 'POST', headers, body: 'plain' })).body, 'fine')
        const heard = (await journal.ended(1)).pop()
        assert.deepEqual([heard?.requestText, heard?.requestBytes, heard?.outcome], ['', 5, 'complete'])
      }
      assert.deepEqual(journal.faults, [])
    })

    it('end as aborted when the app gives up in the middle of the answer, with what had come by then', async () => {
      const abort = new AbortController()
      handle = (_request, response) => response.write('begun')
      await assert.rejects(ask(url, { method: 'GET', signal: abort.signal }, () => abort.abort()))
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'aborted')
      assert.equal(heard?.responseText, 'begun')
      assert.equal(heard?.ends, 1)
    })

    it('end as aborted when the app gives up before the answer, for whatever reason', async () => {
      for (const reason of [undefined, new Error('my reason'), 'a string']) {
        const abort = new AbortController()
        handle = () => abort.abort(reason)
        await assert.rejects(async () =>
          ask(url, { method: 'GET', signal: abort.signal }).catch(() => Promise.reject(new Error())),
        )
      }
      for (const heard of await journal.ended(3)) {
        assert.equal(heard.outcome, 'aborted')
        assert.equal(heard.status, undefined)
      }
    })

    it('end as an error when the server cuts the answer short', async () => {
      handle = (_request, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('begun', () => response.socket?.end())
      }
      await assert.rejects(ask(url, { method: 'GET' }))
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'error')
      assert.equal(heard?.status, 200)
      assert.match(String((heard?.error as NodeJS.ErrnoException | undefined)?.code), /^(?:ECONNRESET|UND_ERR_SOCKET)$/)
    })

    it('end as an error when the server resets the connection', async () => {
      handle = (request) => request.socket.resetAndDestroy()
      await assert.rejects(ask(url, { method: 'GET' }))
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'error')
      assert.equal(heard?.status, undefined)
    })

    it('end as an error, which they tell, when nobody listens', async () => {
      const unused = net.createServer().listen(0, '127.0.0.1')
      await once(unused, 'listening')
      const { port } = unused.address() as net.AddressInfo
      unused.close()
      await once(unused, 'close')
      await assert.rejects(ask(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' }))
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'error')
      assert.equal((heard?.error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
    })

    it('keep every exception of an observer from the app', async () => {
      journal.throwEverywhere()
      handle = (request, response) => request.resume().on('end', () => response.end('unharmed'))
      assert.equal((await ask(url, { method: 'POST', body: 'x' })).body, 'unharmed')
      await journal.ended(1)
      assert.ok(journal.faults.length >= 4)
    })
  })
}

it('hears the body of a node:http request that is written in pieces, with a callback for an encoding', async () => {
  handle = (request, response) => request.resume().on('end', () => response.end())
  const request = http.request(url, { method: 'POST', agent: false })
  request.write('00ff', 'hex')
  request.write('b', () => {})
  request.end(() => {})
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  response.resume()
  const [heard] = await journal.ended(1)
  assert.equal(heard?.requestText, '\x00\xffb')
  assert.equal(heard?.requestBytes, 3)
})

describe('client exchanges of node:http', () => {
  const closed = (request: http.ClientRequest) => new Promise((resolve) => request.on('close', resolve))

  it('tell the method and the target that were sent, whatever the app sets before and after', async () => {
    let received: unknown
    handle = (request, response) => {
      received = [request.method, request.url]
      response.end()
    }
    const request = http.request(`${url}/created`, { agent: false })
    Object.assign(request, { method: 'DELETE', path: '/sent' })
    request.end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    Object.assign(request, { method: 'PATCH', path: '/later' })
    response.resume()
    const [heard] = await journal.ended(1)
    assert.deepEqual([heard?.method, heard?.target], ['DELETE', '/sent'])
    assert.deepEqual(received, ['DELETE', '/sent'])
  })

  for (const [how, giveUp] of Object.entries<(request: http.ClientRequest) => void>({
    abort: (request) => request.abort(),
    destroy: (request) => void request.destroy(),
    'destroy with a reason': (request) => void request.destroy(new Error('my reason')),
    'destroy, then abort': (request) => request.destroy() && request.abort(),
  })) {
    it(`end as aborted when the app gives up before there is a connection (${how})`, async () => {
      handle = () => {}
      const agent = new http.Agent({ maxSockets: 1 })
      const first = http.get(url, { agent }).on('error', () => {})
      const queued = http.get(url, { agent }).on('error', () => {})
      const fresh = http.get(url, { agent: false }).on('error', () => {})
      await journal.began(3)
      const closings = [first, queued, fresh].map(closed)
      giveUp(queued)
      giveUp(fresh)
      await journal.ended(2)
      giveUp(first)
      for (const { outcome, status, ends } of await journal.ended(3)) {
        assert.deepEqual([outcome, status, ends], ['aborted', undefined, 1])
      }
      await Promise.all(closings)
      assert.ok(journal.exchanges.every(({ ends }) => ends === 1))
    })
  }

  it('end although the app removes all listeners, and none of them was ours', async () => {
    handle = (request, response) => {
      if (request.url === '/whole') response.end('whole')
      else response.write('begun')
    }
    const counts: unknown[] = []
    const count = (...emitters: NodeJS.EventEmitter[]) =>
      counts.push(emitters.map((one) => one.eventNames().map((name) => [String(name), one.listenerCount(name)])))
    const observed = [true, false].map(async (isObserved) => {
      if (!isObserved) journal.stop()
      const request = http.get(`${url}/begun`, { agent: false }).on('error', () => {})
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      count(request, response, request.socket as net.Socket)
      return { request, response }
    })
    const [{ request, response }, other] = (await Promise.all(observed)) as [
      { request: http.ClientRequest; response: http.IncomingMessage },
      { request: http.ClientRequest },
    ]
    assert.deepEqual(counts[0], counts[1])
    for (const emitter of [request, response, request.socket as net.Socket]) emitter.removeAllListeners()
    request.socket?.on('error', () => {}).destroy()
    const [heard] = await journal.ended(1)
    assert.deepEqual([heard?.outcome, heard?.status, heard?.ends], ['aborted', 200, 1])
    other.request.destroy()
  })

  for (const [what, method, path, head, expected] of [
    ['an upgrade', 'GET', '/', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw', 101],
    ['a tunnel', 'CONNECT', 'a.test:1', 'HTTP/1.1 200 OK', 200],
    ['a tunnel that is refused', 'CONNECT', 'a.test:1', 'HTTP/1.1 407 No\r\nContent-Length: 2', 407],
  ] as const) {
    it(`end as complete with the head of the answer, where that is ${what}`, async () => {
      const peer = net
        .createServer((socket) => socket.once('data', () => socket.write(`${head}\r\n\r\nhi`)).on('error', () => {}))
        .listen(0, '127.0.0.1')
      await once(peer, 'listening')
      const { port } = peer.address() as net.AddressInfo
      const headers = method === 'GET' ? { connection: 'upgrade', upgrade: 'raw' } : {}
      const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }).end()
      const [, socket] = (await once(request, method === 'GET' ? 'upgrade' : 'connect')) as [unknown, net.Socket]
      const [heard] = await journal.ended(1)
      assert.deepEqual([heard?.outcome, heard?.status, heard?.responseText], ['complete', expected, ''])
      assert.equal(heard?.responseBytes, expected === 407 ? Number.NaN : 0)
      socket.destroy()
      peer.close()
    })
  }

  it("end as an error when Node's own proxy support is refused the tunnel", async () => {
    server.once('connect', (_request, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    const agent = new https.Agent({ proxyEnv: { HTTPS_PROXY: url } } as https.AgentOptions)
    const request = https.get('https://provider.test/', { agent })
    await assert.rejects(once(request, 'response'), { code: 'ERR_PROXY_TUNNEL' })
    const heard = (await journal.ended(1)).find(({ host }) => host === 'provider.test')
    assert.equal(heard?.outcome, 'error')
    assert.equal((heard?.error as NodeJS.ErrnoException | undefined)?.code, 'ERR_PROXY_TUNNEL')
  })
})
