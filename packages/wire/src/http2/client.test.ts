import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import * as undici from 'undici'
import { Journal } from '../journal.test-support.ts'

type Handle = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void
type Use = (stream: http2.ClientHttp2Stream, session: http2.ClientHttp2Session) => void

const fixture = (name: string) => readFileSync(new URL(`../../../../test/fixtures/${name}`, import.meta.url))
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

  it('end as errors, all that wait for a connection that is refused', async () => {
    const unused = http2.createServer().listen(0, '127.0.0.1')
    await once(unused, 'listening')
    const { port } = unused.address() as AddressInfo
    unused.close()
    await once(unused, 'close')
    const session = http2.connect(`http://127.0.0.1:${port}`).on('error', () => {})
    const streams = [1, 2, 3].map((n) => session.request({ ':path': `/${n}` }).on('error', () => {}))
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))))
    const heard = await journal.ended(3)
    assert.deepEqual(
      heard.map(({ target, outcome, error }) => [target, outcome, (error as NodeJS.ErrnoException | undefined)?.code]),
      [1, 2, 3].map((n) => [`/${n}`, 'error', 'ECONNREFUSED']),
    )
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

describe('client exchanges of a session of node:http2', () => {
  const answer: Handle = (stream, headers) => {
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
  const endings = async (count: number) =>
    (await journal.ended(count)).map(({ target, outcome, status, requestEnds, ends }) => [
      ...[target, outcome, status],
      ...[requestEnds, ends],
    ])

  it('are seen before and after it is connected, one after another and at the same time', async () => {
    const served: string[] = []
    handle = (stream, headers, ...rest) => {
      served.push(headers[':path'] as string)
      answer(stream, headers, ...rest)
    }
    const session = http2.connect(url)
    await Promise.all(['/pending-1', '/pending-2', '/pending-3'].map((path) => get(session, path)))
    await get(session, '/second')
    await Promise.all(['/open-1', '/open-2', '/open-3'].map((path) => get(session, path)))
    const stream = session.request({ ':path': '/posted', ':method': 'POST' })
    stream.resume().end('question')
    await once(stream, 'close')
    session.close()
    const heard = await journal.ended(8)
    assert.deepEqual(
      heard.map(({ target, responseText, outcome, requestEnds, ends }) => [
        ...[target, responseText, outcome],
        ...[requestEnds, ends],
      ]),
      served.map((path) => [path, path, 'complete', 1, 1]),
    )
    assert.equal(heard.at(-1)?.requestText, 'question')
    assert.equal(journal.exchanges.length, 8)
  })

  it('are what the client asked for, and not what the server pushes', async () => {
    handle = (stream, headers) => {
      stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
        pushed.respond({ ':status': 200 })
        pushed.end('pushed')
        answer(stream, headers)
      })
    }
    const session = await connected()
    const pushed = once(session, 'stream').then(([stream]) => once(stream.resume(), 'close'))
    await get(session, '/asked')
    await pushed
    session.close()
    assert.deepEqual(await endings(1), [['/asked', 'complete', 200, 1, 1]])
    assert.equal(journal.exchanges.length, 1)
  })

  it('end when the response has arrived whole, also where the app never reads it', async () => {
    handle = answer
    const session = await connected()
    const streams = ['/1', '/2'].map((path) => session.request({ ':path': path }))
    assert.deepEqual(await endings(2), [
      ['/1', 'complete', 200, 1, 1],
      ['/2', 'complete', 200, 1, 1],
    ])
    for (const stream of streams) assert.equal(stream.readableFlowing, null)
    session.destroy()
  })

  it('end when the response has arrived whole, also where the request has not been sent whole', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 413 })
      stream.end('too large')
    }
    const session = await connected()
    const stream = session.request({ ':path': '/upload', ':method': 'POST' })
    stream.resume().write('begun')
    await once(stream, 'close')
    session.destroy()
    const [heard] = await journal.ended(1)
    assert.equal(heard?.outcome, 'complete')
    assert.equal(heard?.status, 413)
    assert.equal(heard?.requestEnds, 0)
    assert.equal(heard?.responseText, 'too large')
  })

  it('end with the head of the response where they open a tunnel', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200 })
      stream.pipe(stream)
    }
    const session = await connected()
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'a.test:443' }, { endStream: false })
    stream.write('through')
    await once(stream, 'data')
    const [heard] = await journal.ended(1)
    assert.equal(heard?.outcome, 'complete')
    assert.equal(heard?.responseText, '')
    session.destroy()
  })

  it('go on when Node refuses what the app gives to close', async () => {
    handle = answer
    const session = await connected()
    const stream = session.request({ ':path': '/' })
    // @ts-expect-error a code is a number
    assert.throws(() => stream.close('later'), { code: 'ERR_INVALID_ARG_TYPE' })
    await once(stream.resume(), 'close')
    session.close()
    assert.deepEqual(await endings(1), [['/', 'complete', 200, 1, 1]])
  })

  it('end as aborted when a signal says so, before they are sent or later', async () => {
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
    const reason = Object.assign(new Error('of the app'), { code: 'ETIMEDOUT' })
    await get(pending, '/pending', { signal: AbortSignal.abort(reason) })
    const heard = await journal.ended(3)
    assert.deepEqual(
      heard.map(({ target, outcome, error, ends }) => [target, outcome, error?.name, ends]),
      ['/before', '/begun', '/pending'].map((target) => [target, 'aborted', 'AbortError', 1]),
    )
    session.destroy()
    pending.destroy()
  })

  it('end as aborted, all that are under way, when the app destroys it', async () => {
    handle = (stream) => stream.respond({ ':status': 200 })
    const session = await connected()
    const streams = ['/1', '/2'].map((path) => session.request({ ':path': path }).on('error', () => {}))
    await Promise.all(streams.map((stream) => once(stream, 'response')))
    session.destroy()
    assert.deepEqual(await endings(2), [
      ['/1', 'aborted', 200, 1, 1],
      ['/2', 'aborted', 200, 1, 1],
    ])
  })

  it('end as complete when either end closes it and lets them finish', async () => {
    handle = (stream, headers) => {
      if (headers[':path'] === '/server') {
        stream.session?.close()
        answer(stream, headers)
      } else {
        stream.respond({ ':status': 200 })
        stream.session?.once('goaway', () => stream.end('all the same'))
      }
    }
    const ours = await connected()
    const stream = ours.request({ ':path': '/client' })
    await once(stream, 'response')
    ours.close()
    await once(stream.resume(), 'close')
    const theirs = await connected()
    await get(theirs, '/server')
    assert.deepEqual(await endings(2), [
      ['/client', 'complete', 200, 1, 1],
      ['/server', 'complete', 200, 1, 1],
    ])
  })

  it('end as errors, all that are under way, when the server leaves with an error', async () => {
    const open: http2.ServerHttp2Stream[] = []
    handle = (stream) => {
      open.push(stream)
      if (open.length === 2) stream.session?.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
    }
    const session = await connected()
    await Promise.all(['/1', '/2'].map((path) => get(session, path)))
    assert.deepEqual(await endings(2), [
      ['/1', 'error', undefined, 1, 1],
      ['/2', 'error', undefined, 1, 1],
    ])
  })

  it('leave no listener on streams and sessions, and lose nothing when the app removes all', async () => {
    handle = answer
    const listeners = async (watched: boolean) => {
      if (!watched) journal.stop()
      const session = await connected()
      const stream = session.request({ ':path': '/' })
      const seen = [stream, session].map((emitter) =>
        emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]),
      )
      await new Promise((resolve) => stream.resume().on('close', resolve))
      session.close()
      return seen
    }
    const watched = await listeners(true)
    const session = await connected()
    const stream = session.request({ ':path': '/' })
    stream.removeAllListeners()
    assert.deepEqual(await endings(2), Array(2).fill(['/', 'complete', 200, 1, 1]))
    session.destroy()
    assert.deepEqual(watched, await listeners(false))
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
