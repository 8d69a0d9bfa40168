import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import * as undici from 'undici'
import { Journal } from './journal.test-support.ts'

type Handle = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void
type Use = (stream: http2.ClientHttp2Stream, session: http2.ClientHttp2Session) => void

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url))
const handleStream: Handle = (stream, headers) => {
  // Clients leave in the midst of it.
  stream.on('error', () => {})
  handle(stream, headers)
}
const plain = http2.createServer().on('stream', handleStream)
const secure = http2
  .createSecureServer({ key: fixture('localhost.key.pem'), cert: fixture('localhost.cert.pem'), allowHTTP1: true })
  .on('stream', handleStream)
const sockets: Socket[] = []

let handle: Handle
let journal: Journal
let url: string

before(async () => {
  for (const server of [plain, secure]) {
    server.on('session', (session) => session.on('error', () => {}))
    server.on('connection', (socket: Socket) => sockets.push(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`
})
after(() => {
  for (const socket of sockets) socket.destroy()
  plain.close()
  secure.close()
})
beforeEach(() => {
  journal = new Journal('client', { bodies: true })
})
afterEach(() => journal.stop())

/** Sends a request, does something with it when its answer begins, and waits until its stream is closed. */
async function ask(to: string, use: Use = () => {}): Promise<{ text: string; error: string | undefined }> {
  const session = http2.connect(to).on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': '/path?q=1', 'X-Ask': 'why' })
  let text = ''
  let error: string | undefined
  stream.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    use(stream, session)
  })
  stream.on('error', ({ code, name }: NodeJS.ErrnoException) => {
    error = code ?? name
  })
  stream.write('que')
  stream.end('stion')
  await new Promise((resolve) => stream.once('close', resolve))
  session.destroy()
  return { text, error }
}

describe('client exchanges of node:http2', () => {
  it('tell request and response, and their bodies, and end once', async () => {
    handle = (stream) => {
      stream.resume().on('end', () => {
        stream.respond({ ':status': 201, 'x-answer': ['yes', 'no'] })
        stream.write('one,')
        stream.end('two')
      })
    }
    assert.deepEqual(await ask(url), { text: 'one,two', error: undefined })
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
    assert.equal(heard?.responseHeader('x-answer'), 'yes, no')
    assert.equal(heard?.responseText, 'one,two')
    assert.equal(heard?.responseBytes, 7)
    assert.equal(heard?.outcome, 'complete')
    assert.equal(heard?.ends, 1)
    assert.equal(journal.exchanges.length, 1)
  })

  const hang: Handle = (stream) => {
    stream.respond({ ':status': 200 })
    stream.write('begun')
  }
  const timeout = Object.assign(new Error('too late'), { name: 'TimeoutError' })

  for (const [what, use] of Object.entries<Use>({
    closes: (stream) => stream.close(),
    cancels: (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
    destroys: (stream) => stream.destroy(),
    'destroys with a reason': (stream) => stream.destroy(timeout),
    'destroys the session of': (_, session) => session.destroy(),
  })) {
    it(`end as aborted when the app ${what} the stream, with what had come by then`, async () => {
      handle = hang
      await ask(url, use)
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'aborted')
      assert.equal(heard?.responseText, 'begun')
      assert.equal(heard?.ends, 1)
    })
  }

  for (const [what, handler] of Object.entries<Handle>({
    'fails in the middle of the answer': (stream, headers) => {
      hang(stream, headers)
      setImmediate(() => stream.destroy(new Error('server')))
    },
    'refuses the stream': (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
    'ends the session': (stream, headers) => {
      hang(stream, headers)
      setImmediate(() => stream.session?.destroy())
    },
    'resets the connection': (stream, headers) => {
      hang(stream, headers)
      setImmediate(() => sockets.at(-1)?.resetAndDestroy())
    },
  })) {
    it(`end as an error when the server ${what}`, async () => {
      handle = handler
      await ask(url)
      const [heard] = await journal.ended(1)
      assert.equal(heard?.outcome, 'error')
      assert.equal(heard?.ends, 1)
    })
  }

  it('end as an error, which they tell, when nobody listens', async () => {
    const unused = http2.createServer().listen(0, '127.0.0.1')
    await once(unused, 'listening')
    const { port } = unused.address() as AddressInfo
    unused.close()
    await once(unused, 'close')
    await ask(`http://127.0.0.1:${port}`)
    const [heard] = await journal.ended(1)
    assert.equal(heard?.outcome, 'error')
    assert.equal((heard?.error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
  })

  it('keep every exception of an observer from the app', async () => {
    journal.throwEverywhere()
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('unharmed')
    }
    assert.equal((await ask(url)).text, 'unharmed')
    await journal.ended(1)
    assert.ok(journal.faults.length >= 4)
  })

  it('leave the answer to an app that reads it late, or not at all', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('late')
    }
    const session = http2.connect(url)
    const stream = session.request({ ':path': '/' })
    await once(stream, 'response')
    assert.equal(stream.readableFlowing, null)
    let text = ''
    for await (const chunk of stream) text += chunk
    assert.equal(text, 'late')
    session.destroy()
  })
})

describe("undici's exchanges over HTTP/2", () => {
  it('are heard once, bodies and all', async () => {
    const protocols: (string | undefined)[] = []
    handle = (stream, headers) => {
      protocols.push(headers[':scheme'] as string)
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200, 'x-answer': 'yes' })
        stream.write('one,')
        stream.end('two')
      })
    }
    const dispatcher = new undici.Agent({ allowH2: true, connect: { rejectUnauthorized: false } })
    const to = `https://localhost:${(secure.address() as AddressInfo).port}/path`
    const response = await undici.fetch(to, { method: 'POST', body: 'question', dispatcher })
    assert.equal(await response.text(), 'one,two')
    const { body } = await undici.request(to, { method: 'POST', body: 'question', dispatcher })
    assert.equal(await body.text(), 'one,two')
    for (const heard of await journal.ended(2)) {
      assert.equal(heard.requestText, 'question')
      assert.equal(heard.responseText, 'one,two')
      assert.equal(heard.responseHeader('x-answer'), 'yes')
      assert.equal(heard.outcome, 'complete')
      assert.equal(heard.ends, 1)
    }
    assert.deepEqual(protocols, ['https', 'https'])
    assert.equal(journal.exchanges.length, 2)
    await dispatcher.destroy()
  })
})
