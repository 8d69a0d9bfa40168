import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import * as undici from 'undici'
import { Journal } from './journal.test-support.ts'

interface Asked {
  method: string
  headers?: Record<string, string>
  body?: string
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
