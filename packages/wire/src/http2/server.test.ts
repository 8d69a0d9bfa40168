import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Journal } from '../journal.test-support.ts'

type Handle = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void

const server = http2.createServer().on('stream', (stream, headers) => handle(stream, headers))
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
