import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as undici from 'undici'
import { Journal } from '../journal.test-support.ts'

interface RequestOptions {
  method: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  signal?: AbortSignal
}

/** Sends a request and reads the response; `onData` gets the pieces of its body as they arrive. */
type Client = (
  url: string,
  options: RequestOptions,
  onData?: (text: string) => void,
) => Promise<{ status: number; body: string }>

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

for (const [name, send] of Object.entries(CLIENTS)) {
  const test = (behaviour: string, run: () => Promise<void>) => it(`${name}: ${behaviour}`, run)

  describe(`client exchanges of ${name}`, () => {
    test('reports the request and the response with their bodies, and ends once', async () => {
      handle = (request, response) => {
        request.resume().on('end', () => {
          response.writeHead(201, { 'x-received': 'b' })
          response.write('one,')
          response.end('two')
        })
      }
      const response = await send(`${url}/path?q=1`, { method: 'POST', headers: { 'X-Sent': 'a' }, body: 'request' })
      assert.deepEqual(response, { status: 201, body: 'one,two' })
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.side, 'client')
      assert.equal(exchange?.method, 'POST')
      assert.equal(exchange?.target, '/path?q=1')
      assert.equal(`http://${exchange?.host}`, url)
      assert.equal(exchange?.header('x-sent'), 'a')
      assert.equal(exchange?.requestText, 'request')
      assert.equal(exchange?.requestBytes, 7)
      assert.equal(exchange?.requestEnds, 1)
      assert.equal(exchange?.status, 201)
      assert.equal(exchange?.responseHeader('x-received'), 'b')
      assert.equal(exchange?.responseText, 'one,two')
      assert.equal(exchange?.responseBytes, 7)
      assert.equal(exchange?.outcome, 'complete')
      assert.equal(exchange?.ends, 1)
      assert.equal(journal.exchanges.length, 1)
    })

    test('ignores early hints before the response', async () => {
      handle = (_request, response) => {
        response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.end('response'))
      }
      await send(url, { method: 'GET' })
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.status, 200)
      assert.equal(exchange?.responseText, 'response')
      assert.equal(exchange?.outcome, 'complete')
    })

    test('passes on the body of a gzipped response decoded', async () => {
      const zipped = gzipSync('plain text')
      handle = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)
      await send(url, { method: 'GET' })
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.responseText, 'plain text')
      assert.equal(exchange?.responseBytes, zipped.length)
    })

    test('passes on the body of an encoded request decoded, and counts its bytes as sent', async () => {
      for (const [encoding, encode] of Object.entries({
        gzip: gzipSync,
        br: brotliCompressSync,
        zstd: zstdCompressSync,
      })) {
        const body = encode('plain request')
        handle = (request, response) => request.resume().on('end', () => response.end())
        await send(url, { method: 'POST', headers: { 'content-encoding': encoding }, body })
        const exchange = (await journal.ended(1)).pop()
        assert.equal(exchange?.requestText, 'plain request')
        assert.equal(exchange?.requestBytes, body.length)
      }
      assert.deepEqual(journal.faults, [])
    })

    test('passes on nothing of a request that is not encoded as its header says, and counts its bytes', async () => {
      handle = (request, response) => request.resume().on('end', () => response.end('fine'))
      for (const encoding of ['gzip', 'rot13']) {
        const headers = { 'content-encoding': encoding }
        assert.equal((await send(url, { method: 'POST', headers, body: 'plain' })).body, 'fine')
        const exchange = (await journal.ended(1)).pop()
        assert.deepEqual([exchange?.requestText, exchange?.requestBytes, exchange?.outcome], ['', 5, 'complete'])
      }
      assert.deepEqual(journal.faults, [])
    })

    test('ends as aborted when the app aborts in the middle of the response, with the part that had arrived', async () => {
      const abort = new AbortController()
      handle = (_request, response) => response.write('first')
      await assert.rejects(send(url, { method: 'GET', signal: abort.signal }, () => abort.abort()))
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'aborted')
      assert.equal(exchange?.responseText, 'first')
      assert.equal(exchange?.ends, 1)
    })

    test('ends as aborted when the app aborts before the response, whatever its reason is', async () => {
      for (const reason of [undefined, new Error('my reason'), 'a string']) {
        const abort = new AbortController()
        handle = () => abort.abort(reason)
        await assert.rejects(async () =>
          send(url, { method: 'GET', signal: abort.signal }).catch(() => Promise.reject(new Error())),
        )
      }
      for (const exchange of await journal.ended(3)) {
        assert.equal(exchange.outcome, 'aborted')
        assert.equal(exchange.status, undefined)
      }
    })

    test('ends as an error when the server cuts the response short', async () => {
      handle = (_request, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('first', () => response.socket?.end())
      }
      await assert.rejects(send(url, { method: 'GET' }))
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'error')
      assert.equal(exchange?.status, 200)
      assert.match(
        String((exchange?.error as NodeJS.ErrnoException | undefined)?.code),
        /^(?:ECONNRESET|UND_ERR_SOCKET)$/,
      )
    })

    test('ends as an error when the server resets the connection', async () => {
      handle = (request) => request.socket.resetAndDestroy()
      await assert.rejects(send(url, { method: 'GET' }))
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'error')
      assert.equal(exchange?.status, undefined)
    })

    test('ends with the error when no server listens at the port', async () => {
      const unused = net.createServer().listen(0, '127.0.0.1')
      await once(unused, 'listening')
      const { port } = unused.address() as net.AddressInfo
      unused.close()
      await once(unused, 'close')
      await assert.rejects(send(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' }))
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'error')
      assert.equal((exchange?.error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
    })

    test('observes a request to its end although its observer is removed in the middle', async () => {
      const finish: (() => void)[] = []
      handle = (_request, response) => {
        response.write('first')
        finish.push(() => response.end(',last'))
      }
      await send(url, { method: 'GET' }, () => {
        journal.stop()
        finish.pop()?.()
      })
      const [exchange] = await journal.ended(1)
      assert.deepEqual([exchange?.responseText, exchange?.outcome, exchange?.ends], ['first,last', 'complete', 1])
    })

    test('keeps exceptions of a listener from the app', async () => {
      journal.throwEverywhere()
      handle = (request, response) => request.resume().on('end', () => response.end('unharmed'))
      assert.equal((await send(url, { method: 'POST', body: 'x' })).body, 'unharmed')
      await journal.ended(1)
      assert.ok(journal.faults.length >= 4)
    })
  })
}

it('node:http: reports a body that is written in pieces, also with a callback in the place of the encoding', async () => {
  handle = (request, response) => request.resume().on('end', () => response.end())
  const request = http.request(url, { method: 'POST', agent: false })
  request.write('00ff', 'hex')
  request.write('b', () => {})
  request.end(() => {})
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  response.resume()
  const [exchange] = await journal.ended(1)
  assert.equal(exchange?.requestText, '\x00\xffb')
  assert.equal(exchange?.requestBytes, 3)
})

describe('client exchanges of node:http', () => {
  const closed = (request: http.ClientRequest) => new Promise((resolve) => request.on('close', resolve))

  it('node:http: reports the method and the target that were sent, whatever the app sets before and after', async () => {
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
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.method, exchange?.target], ['DELETE', '/sent'])
    assert.deepEqual(received, ['DELETE', '/sent'])
  })

  for (const [how, giveUp] of Object.entries<(request: http.ClientRequest) => void>({
    abort: (request) => request.abort(),
    destroy: (request) => void request.destroy(),
    'destroy with a reason': (request) => void request.destroy(new Error('my reason')),
    'destroy, then abort': (request) => request.destroy() && request.abort(),
  })) {
    it(`node:http: ends as aborted when the app gives up before there is a connection (${how})`, async () => {
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

  it('node:http: adds no event listeners, and ends although the app removes all of its own', async () => {
    handle = (request, response) => {
      if (request.url === '/whole') response.end('whole')
      else response.write('first')
    }
    const counts: unknown[] = []
    const count = (...emitters: NodeJS.EventEmitter[]) =>
      counts.push(
        emitters.map((emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])),
      )
    const observed = [true, false].map(async (isObserved) => {
      if (!isObserved) journal.stop()
      const request = http.get(`${url}/first`, { agent: false }).on('error', () => {})
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
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.outcome, exchange?.status, exchange?.ends], ['aborted', 200, 1])
    other.request.destroy()
  })

  for (const [what, method, path, head, expected] of [
    ['an upgrade', 'GET', '/', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw', 101],
    ['a tunnel', 'CONNECT', 'a.test:1', 'HTTP/1.1 200 OK', 200],
    ['a tunnel that is refused', 'CONNECT', 'a.test:1', 'HTTP/1.1 407 No\r\nContent-Length: 2', 407],
  ] as const) {
    it(`node:http: ends as complete with the head of the response to ${what}`, async () => {
      const peer = net
        .createServer((socket) => socket.once('data', () => socket.write(`${head}\r\n\r\nhi`)).on('error', () => {}))
        .listen(0, '127.0.0.1')
      await once(peer, 'listening')
      const { port } = peer.address() as net.AddressInfo
      const headers = method === 'GET' ? { connection: 'upgrade', upgrade: 'raw' } : {}
      const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }).end()
      const [, socket] = (await once(request, method === 'GET' ? 'upgrade' : 'connect')) as [unknown, net.Socket]
      const [exchange] = await journal.ended(1)
      assert.deepEqual([exchange?.outcome, exchange?.status, exchange?.responseText], ['complete', expected, ''])
      assert.equal(exchange?.responseBytes, expected === 407 ? Number.NaN : 0)
      socket.destroy()
      peer.close()
    })
  }

  it("node:http: ends as an error when a proxy refuses the tunnel of Node's own proxy support", async () => {
    server.once('connect', (_request, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    const agent = new https.Agent({ proxyEnv: { HTTPS_PROXY: url } } as https.AgentOptions)
    // Some versions emit the error twice.
    const request = https.get('https://provider.test/', { agent }).on('error', () => {})
    await assert.rejects(once(request, 'response'), { code: 'ERR_PROXY_TUNNEL' })
    const exchange = (await journal.ended(1)).find(({ host }) => host === 'provider.test')
    assert.equal(exchange?.outcome, 'error')
    assert.equal((exchange?.error as NodeJS.ErrnoException | undefined)?.code, 'ERR_PROXY_TUNNEL')
  })
})
