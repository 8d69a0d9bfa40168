import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import net, { type AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Journal } from '../journal.test-support.ts'

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4]
const [END_STREAM, END_HEADERS] = [1, 4]
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Returns a frame of HTTP/2. Stream 0 is the connection itself. */
function frameOf(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Returns the fields of a request to `/` in HPACK: the method and the host as text, the others by their numbers in its static table. */
const headOf = (method: string) =>
  Buffer.concat([
    Buffer.from([0x02, method.length]),
    Buffer.from(method),
    Buffer.from([0x86, 0x84, 0x01, 1]),
    Buffer.from('a'),
  ])

/** What a client may send together with the head of its request. */
const TOGETHER = {
  'no body': {
    frames: [frameOf(HEADERS, END_HEADERS | END_STREAM, 1, headOf('GET'))],
    expected: ['GET', '', 1, 200, 'complete', 1],
  },
  'the whole body': {
    frames: [
      frameOf(HEADERS, END_HEADERS, 1, headOf('POST')),
      frameOf(DATA, 0, 1, Buffer.from('ques')),
      frameOf(DATA, END_STREAM, 1, Buffer.from('tion')),
    ],
    expected: ['POST', 'question', 1, 200, 'complete', 1],
  },
  'a request without a response body': {
    frames: [frameOf(HEADERS, END_HEADERS | END_STREAM, 1, headOf('HEAD'))],
    expected: ['HEAD', '', 1, 200, 'complete', 1],
  },
  'the reset of a stream': {
    frames: [
      frameOf(HEADERS, END_HEADERS, 1, headOf('POST')),
      frameOf(DATA, 0, 1, Buffer.from('ques')),
      frameOf(RST_STREAM, 0, 1, Buffer.from([0, 0, 0, 8])),
    ],
    expected: ['POST', 'ques', 0, undefined, 'aborted', 1],
  },
}

type Handle = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void

const server = http2
  .createServer()
  .on('stream', (stream, headers) => handle(stream, headers))
  // A client that knows nothing of sessions leaves without a farewell.
  .on('session', (connected) => connected.on('error', () => {}))
let handle: Handle
let journal: Journal
let session: http2.ClientHttp2Session

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => {
  server.close()
})
beforeEach(() => {
  journal = new Journal('server', { bodies: true })
  session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterEach(() => {
  journal.stop()
  session.destroy()
})

describe('server exchanges of http2', () => {
  it('reports the request and the response of an http2 server, with their bodies, and one end', async () => {
    handle = (stream) => {
      stream.resume().on('end', () => {
        stream.respond({ ':status': 201, 'x-sent': ['b', 'c'] })
        stream.write('one,')
        stream.end('two')
      })
    }
    const stream = session.request({ ':method': 'POST', ':path': '/path?q=1', 'X-Received': 'a' })
    stream.resume().end('question')
    await once(stream, 'close')
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.side, 'server')
    assert.equal(exchange?.method, 'POST')
    assert.equal(exchange?.target, '/path?q=1')
    assert.equal(exchange?.host, `127.0.0.1:${(server.address() as AddressInfo).port}`)
    assert.equal(exchange?.header('x-received'), 'a')
    assert.equal(exchange?.header('x-absent'), undefined)
    assert.equal(exchange?.requestText, 'question')
    assert.equal(exchange?.requestEnds, 1)
    assert.equal(exchange?.status, 201)
    assert.equal(exchange?.responseHeader('x-sent'), 'b, c')
    assert.equal(exchange?.responseHeader('x-absent'), undefined)
    assert.equal(exchange?.responseText, 'one,two')
    assert.equal(exchange?.responseBytes, 7)
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.ends, 1)
  })

  it('finds the headers of the response of an http2 server however the app spells their names', async () => {
    handle = (stream) => {
      stream.respond({ ':status': 200, 'Content-Encoding': 'gzip', 'X-Sent': 'b' })
      stream.end(gzipSync('decoded'))
    }
    const stream = session.request({ ':path': '/' })
    await once(stream.resume(), 'close')
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.responseHeader('x-sent'), 'b')
    assert.equal(exchange?.responseText, 'decoded')
  })

  for (const [what, { frames, expected }] of Object.entries(TOGETHER)) {
    it(`reports ${what} in one piece with the head of the request`, async () => {
      handle = (stream) => {
        stream.on('error', () => {})
        stream.resume().on('end', () => {
          if (stream.destroyed) return
          stream.respond({ ':status': 200 })
          // Node has ended the response to HEAD.
          if (!stream.writableEnded) stream.end('answer')
        })
      }
      const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.resume().write(Buffer.concat([PREFACE, frameOf(SETTINGS, 0, 0), ...frames]))
      const [exchange] = await journal.ended(1)
      socket.destroy()
      assert.deepEqual(
        [
          exchange?.method,
          exchange?.requestText,
          exchange?.requestEnds,
          exchange?.status,
          exchange?.outcome,
          exchange?.ends,
        ],
        expected,
      )
    })
  }

  it('reports an open exchange of an http2 server to its end when its observer is removed', async () => {
    handle = (stream) => {
      journal.stop()
      stream.respond({ ':status': 200 })
      stream.end('late')
    }
    const stream = session.request({ ':path': '/' })
    await once(stream.resume(), 'close')
    const [exchange] = await journal.ended(1)
    assert.deepEqual(
      [exchange?.status, exchange?.responseText, exchange?.outcome, exchange?.ends],
      [200, 'late', 'complete', 1],
    )
  })
})
