import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import * as undici from 'undici'
import { Journal } from '../journal.test-support.ts'

type Handle = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void
type OnData = (stream: http2.ClientHttp2Stream, session: http2.ClientHttp2Session) => void

const fixture = (name: string) => readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url))
const handleStream: Handle = (stream, headers) => {
  // Some clients give their requests up.
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

/** Sends a request over a session of its own, and returns its response once the stream is closed. */
async function post(to: string, onData: OnData = () => {}): Promise<{ text: string; error: string | undefined }> {
  const session = http2.connect(to).on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': '/path?q=1', 'X-Sent': 'a' })
  let text = ''
  let error: string | undefined
  stream.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
    onData(stream, session)
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

/** Returns a URL at which nothing listens. */
async function unusedUrl(): Promise<string> {
  const server = http2.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

describe('client exchanges of http2', () => {
  it('reports the request and the response of an http2 request, with their bodies, and one end', async () => {
    handle = (stream) => {
      stream.resume().on('end', () => {
        stream.respond({ ':status': 201, 'x-received': ['b', 'c'] })
        stream.write('one,')
        stream.end('two')
      })
    }
    assert.deepEqual(await post(url), { text: 'one,two', error: undefined })
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.side, 'client')
    assert.equal(exchange?.method, 'POST')
    assert.equal(exchange?.target, '/path?q=1')
    assert.equal(`http://${exchange?.host}`, url)
    assert.equal(exchange?.header('x-sent'), 'a')
    assert.equal(exchange?.requestText, 'question')
    assert.equal(exchange?.requestBytes, 8)
    assert.equal(exchange?.requestEnds, 1)
    assert.equal(exchange?.status, 201)
    assert.equal(exchange?.responseHeader('x-received'), 'b, c')
    assert.equal(exchange?.responseText, 'one,two')
    assert.equal(exchange?.responseBytes, 7)
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.ends, 1)
    assert.equal(journal.exchanges.length, 1)
  })

  it('reports a request of http2 that is made with a list of headers', {
    skip: /^v(?:22\.1[56]|23)\./.test(process.version) && 'this Node.js has no such lists',
  }, async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.end()
    }
    const session = http2.connect(url)
    for (const more of [[], [':authority', 'a.test']]) {
      const stream = session.request([':method', 'POST', ':path', '/list', 'X-Sent', 'a', 'X-Sent', 'b', ...more]).end()
      await once(stream.resume(), 'close')
    }
    session.destroy()
    const exchanges = await journal.ended(2)
    assert.deepEqual(
      exchanges.map(({ method, target, host, outcome }) => [method, target, host, outcome]),
      [new URL(url).host, 'a.test'].map((host) => ['POST', '/list', host, 'complete']),
    )
    for (const exchange of exchanges) assert.equal(exchange.header('x-sent'), 'a, b')
  })

  const respondPartly: Handle = (stream) => {
    stream.respond({ ':status': 200 })
    stream.write('begun')
  }
  const timeout = Object.assign(new Error('timed out'), { name: 'TimeoutError' })

  for (const [action, onData] of Object.entries<OnData>({
    'closes the stream': (stream) => stream.close(),
    'cancels the stream': (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
    'destroys the stream': (stream) => stream.destroy(),
    'destroys the stream with a reason': (stream) => stream.destroy(timeout),
    'destroys the session': (_, session) => session.destroy(),
  })) {
    it(`ends an exchange of http2 as aborted, with the body so far, when the app ${action}`, async () => {
      handle = respondPartly
      await post(url, onData)
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'aborted')
      assert.equal(exchange?.responseText, 'begun')
      assert.equal(exchange?.ends, 1)
    })
  }

  for (const [action, handler] of Object.entries<Handle>({
    'fails in the middle of the response': (stream, headers) => {
      respondPartly(stream, headers)
      setImmediate(() => stream.destroy(new Error('server')))
    },
    'refuses the stream': (stream) => stream.close(http2.constants.NGHTTP2_REFUSED_STREAM),
    'ends the session': (stream, headers) => {
      respondPartly(stream, headers)
      setImmediate(() => stream.session?.destroy())
    },
    'resets the connection': (stream, headers) => {
      respondPartly(stream, headers)
      setImmediate(() => sockets.at(-1)?.resetAndDestroy())
    },
  })) {
    it(`ends an exchange of http2 as an error when the server ${action}`, async () => {
      handle = handler
      await post(url)
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'error')
      assert.equal(exchange?.ends, 1)
    })
  }

  it('ends an exchange of http2 with the error of the connection when the connection is refused', async () => {
    await post(await unusedUrl())
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'error')
    assert.equal((exchange?.error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
  })

  it('ends all exchanges of http2 that wait for a connection with its error when it is refused', async () => {
    const session = http2.connect(await unusedUrl()).on('error', () => {})
    const streams = [1, 2, 3].map((n) => session.request({ ':path': `/${n}` }).on('error', () => {}))
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))))
    const exchanges = await journal.ended(3)
    assert.deepEqual(
      exchanges.map(({ target, outcome, error }) => [
        target,
        outcome,
        (error as NodeJS.ErrnoException | undefined)?.code,
      ]),
      [1, 2, 3].map((n) => [`/${n}`, 'error', 'ECONNREFUSED']),
    )
  })

  it('keeps every exception of a listener from an app that uses http2', async () => {
    journal.throwEverywhere()
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('unharmed')
    }
    assert.equal((await post(url)).text, 'unharmed')
    await journal.ended(1)
    assert.ok(journal.faults.length >= 4)
  })

  it('leaves the response of an http2 request to an app that reads it late', async () => {
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

describe('client exchanges of one http2 session', () => {
  const respond: Handle = (stream, headers) => {
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200 })
      stream.end(headers[':path'])
    })
  }
  const get = async (session: http2.ClientHttp2Session, path: string, options?: http2.ClientSessionRequestOptions) => {
    const stream = session.request({ ':path': path }, options).on('error', () => {})
    await new Promise((resolve) => stream.resume().on('close', resolve))
    return stream
  }
  const connected = async () => {
    const session = http2.connect(url).on('error', () => {})
    await once(session, 'connect')
    return session
  }
  const ended = async (count: number) =>
    (await journal.ended(count)).map(({ target, outcome, status, requestEnds, ends }) => [
      ...[target, outcome, status],
      ...[requestEnds, ends],
    ])

  it('reports each request of an http2 session, before and after it is connected, in turn and in parallel', async () => {
    const served: string[] = []
    handle = (stream, headers, ...rest) => {
      served.push(headers[':path'] as string)
      respond(stream, headers, ...rest)
    }
    const session = http2.connect(url)
    await Promise.all(['/pending-1', '/pending-2', '/pending-3'].map((path) => get(session, path)))
    await get(session, '/second')
    await Promise.all(['/open-1', '/open-2', '/open-3'].map((path) => get(session, path)))
    const stream = session.request({ ':path': '/posted', ':method': 'POST' })
    stream.resume().end('question')
    await once(stream, 'close')
    session.close()
    const exchanges = await journal.ended(8)
    assert.deepEqual(
      exchanges.map(({ target, responseText, outcome, requestEnds, ends }) => [
        ...[target, responseText, outcome],
        ...[requestEnds, ends],
      ]),
      served.map((path) => [path, path, 'complete', 1, 1]),
    )
    assert.equal(exchanges.at(-1)?.requestText, 'question')
    assert.equal(journal.exchanges.length, 8)
  })

  it('reports the requests of an http2 session, but not what the server pushes', async () => {
    handle = (stream, headers) => {
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond({ ':status': 200 })
        pushed.end('pushed')
        respond(stream, headers)
      })
    }
    const session = await connected()
    const pushed = once(session, 'stream').then(([stream]) => once(stream.resume(), 'close'))
    await get(session, '/requested')
    await pushed
    session.close()
    assert.deepEqual(await ended(1), [['/requested', 'complete', 200, 1, 1]])
    assert.equal(journal.exchanges.length, 1)
  })

  it('ends an exchange of http2 when its response has arrived whole, even if the app never reads it', async () => {
    handle = respond
    const session = await connected()
    const streams = ['/1', '/2'].map((path) => session.request({ ':path': path }))
    assert.deepEqual(await ended(2), [
      ['/1', 'complete', 200, 1, 1],
      ['/2', 'complete', 200, 1, 1],
    ])
    for (const stream of streams) assert.equal(stream.readableFlowing, null)
    session.destroy()
  })

  it('ends an exchange of http2 when its response has arrived whole, even if the request has not been sent whole', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too large')
    }
    const session = await connected()
    const stream = session.request({ ':path': '/upload', ':method': 'POST' })
    stream.resume().write('begun')
    await once(stream, 'close')
    session.destroy()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.status, 413)
    assert.equal(exchange?.requestEnds, 0)
    assert.equal(exchange?.responseText, 'too large')
  })

  it('ends an exchange of http2 that opens a tunnel with the head of the response', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.pipe(stream)
    }
    const session = await connected()
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'a.test:443' }, { endStream: false })
    stream.write('through')
    await once(stream, 'data')
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.responseText, '')
    session.destroy()
  })

  it('goes on with an exchange of http2 when Node refuses the arguments of close', async () => {
    handle = respond
    const session = await connected()
    const stream = session.request({ ':path': '/' })
    // @ts-expect-error a code is a number
    assert.throws(() => stream.close('later'), { code: 'ERR_INVALID_ARG_TYPE' })
    await once(stream.resume(), 'close')
    session.close()
    assert.deepEqual(await ended(1), [['/', 'complete', 200, 1, 1]])
  })

  it('ends an exchange of http2 as aborted when its signal aborts, before or after it is sent', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.write('begun')
    }
    const session = await connected()
    await get(session, '/before', { signal: AbortSignal.abort() })
    const controller = new AbortController()
    const stream = session.request({ ':path': '/begun' }, { signal: controller.signal }).on('error', () => {})
    await once(stream, 'data')
    controller.abort()
    const pending = http2.connect(url)
    const reason = Object.assign(new Error('reason of the app'), { code: 'ETIMEDOUT' })
    await get(pending, '/pending', { signal: AbortSignal.abort(reason) })
    const exchanges = await journal.ended(3)
    assert.deepEqual(
      exchanges.map(({ target, outcome, error, ends }) => [target, outcome, error?.name, ends]),
      ['/before', '/begun', '/pending'].map((target) => [target, 'aborted', 'AbortError', 1]),
    )
    session.destroy()
    pending.destroy()
  })

  it('ends all open exchanges of an http2 session as aborted when the app destroys the session', async () => {
    handle = (stream) => stream.respond({ ':status': 200 })
    const session = await connected()
    const streams = ['/1', '/2'].map((path) => session.request({ ':path': path }).on('error', () => {}))
    await Promise.all(streams.map((stream) => once(stream, 'response')))
    session.destroy()
    assert.deepEqual(await ended(2), [
      ['/1', 'aborted', 200, 1, 1],
      ['/2', 'aborted', 200, 1, 1],
    ])
  })

  it('ends open exchanges of an http2 session as complete when either end closes the session and lets them finish', async () => {
    handle = (stream, headers) => {
      if (headers[':path'] === '/server') {
        stream.session?.close()
        respond(stream, headers)
      } else {
        stream.respond({ ':status': 200 })
        stream.session?.once('goaway', () => stream.end('finished'))
      }
    }
    const closedByClient = await connected()
    const stream = closedByClient.request({ ':path': '/client' })
    await once(stream, 'response')
    closedByClient.close()
    await once(stream.resume(), 'close')
    const closedByServer = await connected()
    await get(closedByServer, '/server')
    assert.deepEqual(await ended(2), [
      ['/client', 'complete', 200, 1, 1],
      ['/server', 'complete', 200, 1, 1],
    ])
  })

  it('ends all open exchanges of an http2 session as errors when the server destroys the session with an error', async () => {
    const open: http2.ServerHttp2Stream[] = []
    handle = (stream) => {
      open.push(stream)
      if (open.length === 2) stream.session?.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
    }
    const session = await connected()
    await Promise.all(['/1', '/2'].map((path) => get(session, path)))
    assert.deepEqual(await ended(2), [
      ['/1', 'error', undefined, 1, 1],
      ['/2', 'error', undefined, 1, 1],
    ])
  })

  it('reports an open exchange of http2 to its end when its observer is removed', async () => {
    let open: http2.ServerHttp2Stream | undefined
    handle = (stream) => {
      open = stream
    }
    const session = await connected()
    const stream = session.request({ ':path': '/open' })
    await journal.began(1)
    journal.stop()
    while (open === undefined) await tick()
    open.respond({ ':status': 200 })
    open.end('late')
    await once(stream.resume(), 'close')
    session.close()
    assert.deepEqual(await ended(1), [['/open', 'complete', 200, 1, 1]])
  })

  it('adds no event listener to streams and sessions of http2, and survives the removal of all', async () => {
    handle = respond
    const listenersOf = async () => {
      const session = await connected()
      const stream = session.request({ ':path': '/' })
      const listeners = [stream, session].map((emitter) =>
        emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]),
      )
      await new Promise((resolve) => stream.resume().on('close', resolve))
      session.close()
      return listeners
    }
    const whileObserved = await listenersOf()
    const session = await connected()
    const stream = session.request({ ':path': '/' })
    stream.removeAllListeners()
    assert.deepEqual(await ended(2), Array(2).fill(['/', 'complete', 200, 1, 1]))
    session.destroy()
    journal.stop()
    assert.deepEqual(whileObserved, await listenersOf())
  })
})

describe('client exchanges of undici over HTTP/2', () => {
  it('reports each request of undici over HTTP/2 once, with its bodies', async () => {
    const protocols: (string | undefined)[] = []
    handle = (stream, headers) => {
      protocols.push(headers[':scheme'] as string)
      stream.resume().on('end', () => {
        stream.respond({ ':status': 200, 'x-received': 'b' })
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
    for (const exchange of await journal.ended(2)) {
      assert.equal(exchange.requestText, 'question')
      assert.equal(exchange.responseText, 'one,two')
      assert.equal(exchange.responseHeader('x-received'), 'b')
      assert.equal(exchange.outcome, 'complete')
      assert.equal(exchange.ends, 1)
    }
    assert.deepEqual(protocols, ['https', 'https'])
    assert.equal(journal.exchanges.length, 2)
    await dispatcher.destroy()
  })
})
