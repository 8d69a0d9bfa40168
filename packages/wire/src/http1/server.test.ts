import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, it } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { inspect } from 'node:util'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Journal } from '../journal.test-support.ts'

let journal: Journal
let server: http.Server

async function serve(handler: http.RequestListener, options: { bodies?: boolean } = {}): Promise<number> {
  journal = new Journal('server', options)
  server = http.createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as net.AddressInfo).port
}

afterEach(() => {
  journal.stop()
  server.closeAllConnections()
  server.close()
})

/** Says these bytes, and hears the answer until the server closes the connection. */
async function say(port: number, text: string | Buffer): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(text)
  let heard = ''
  socket.setEncoding('latin1').on('data', (data: string) => {
    heard += data
  })
  await once(socket, 'close')
  return heard
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await tick()
}

const head = (start: string, ...fields: string[]) =>
  `${[start, 'Host: example.test', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`

describe('server exchanges', () => {
  it('tells method, target, host and headers of the request, status and headers of the response', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(201, { 'X-Answer': ['a', 'b'], 'Content-Type': 'text/plain' })
      response.end('made')
    })
    await fetch(`http://127.0.0.1:${port}/things?x=1`, { method: 'PUT', headers: { 'x-ask': 'why' }, body: 'thing' })
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.method, 'PUT')
    assert.equal(exchange?.target, '/things?x=1')
    assert.equal(exchange?.host, `127.0.0.1:${port}`)
    assert.equal(exchange?.header('x-ask'), 'why')
    assert.equal(exchange?.status, 201)
    assert.equal(exchange?.responseHeader('x-answer'), 'a, b')
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.requestBytes, 5)
    assert.equal(exchange?.responseBytes, 4)
    assert.ok(exchange.endMs >= exchange.startMs)
  })

  it('ends each exchange of a kept-alive connection once, pipelined ones too', async () => {
    const answers: (() => void)[] = []
    const port = await serve((request, response) => {
      answers.push(() => response.end(request.url))
      if (answers.length === 3) for (const answer of answers.toReversed()) answer()
    })
    await say(port, `GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n${head('GET /c HTTP/1.1')}`)
    const exchanges = await journal.ended(3)
    assert.deepEqual(
      exchanges.map(({ target, responseBytes, ends }) => [target, responseBytes, ends]),
      [
        ['/a', 2, 1],
        ['/b', 2, 1],
        ['/c', 2, 1],
      ],
    )
  })

  it('counts a chunked body without its framing, both ways', async () => {
    const port = await serve((request, response) => {
      response.write('one')
      response.write(Buffer.from('zwei'))
      response.write('ÿ', 'latin1')
      request.resume().on('end', () => response.end('dr€i'))
    })
    await say(port, `${head('POST / HTTP/1.1', 'Transfer-Encoding: chunked')}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n`)
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.requestBytes, 7)
    assert.equal(exchange?.responseBytes, 3 + 4 + 1 + 6)
  })

  it('counts compressed bodies as they are on the wire, and lends them decoded', async () => {
    const text = JSON.stringify({ text: 'many words '.repeat(1000) })
    const zipped = gzipSync(text)
    const port = await serve(
      (_request, response) => {
        response.setHeader('content-encoding', 'gzip')
        for (let i = 0; i < zipped.length; i += 100) response.write(zipped.subarray(i, i + 100))
        response.end()
      },
      { bodies: true },
    )
    await (await fetch(`http://127.0.0.1:${port}/`)).text()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.responseBytes, zipped.length)
    assert.equal(exchange?.responseText, text)
  })

  it('lends an encoded request decoded, and counts its bytes on the wire', async () => {
    const text = JSON.stringify({ text: 'many words '.repeat(1000) })
    const port = await serve((request, response) => request.resume().on('end', () => response.end()), { bodies: true })
    for (const [encoding, encode] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
      const body = encode(text)
      await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { 'content-encoding': encoding }, body })
      const exchange = (await journal.ended(1)).pop()
      assert.equal(exchange?.requestBytes, body.length)
      assert.equal(exchange?.requestText, text)
    }
  })

  it('decodes no more than a bound of a request that is a bomb, and counts it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const port = await serve((request, response) => request.resume().on('end', () => response.end()), { bodies: true })
    const headers = { 'content-encoding': 'gzip' }
    await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: bomb })
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.requestBytes, bomb.length)
    assert.ok((exchange?.requestText.length ?? 0) <= 8 * 1024 * 1024)
    assert.deepEqual([exchange?.outcome, journal.faults], ['complete', []])
  })

  it('tells the status and the headers that were sent, whatever the app sets after the head', async () => {
    const port = await serve((request, response) => {
      response.writeHead(202, { 'x-sent': 'yes' })
      if (request.url === '/flushed') response.flushHeaders()
      Object.defineProperty(response, 'headersSent', { value: false })
      Object.defineProperty(response, 'getHeader', { value: () => 'not sent' })
      response.statusCode = 500
      if (request.url === '/destroyed') response.write('begun', () => response.destroy())
      else setImmediate(() => response.end('body'))
    })
    for (const path of ['/', '/flushed', '/destroyed']) {
      assert.match(await say(port, head(`GET ${path} HTTP/1.1`)), /^HTTP\/1.1 202 /)
      const exchange = (await journal.ended(1)).pop()
      assert.deepEqual([exchange?.status, exchange?.responseHeader('x-sent')], [202, 'yes'])
    }
  })

  it('passes over the informational heads before the one that counts', async () => {
    const port = await serve((_request, response) => {
      response.writeContinue()
      response.writeProcessing()
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.statusCode = 418
      response.end()
    })
    await say(port, head('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.status, 418)
  })

  it('tells no status of a head that was written but never sent', async () => {
    const port = await serve((_request, response) => void response.writeHead(200).destroy())
    assert.equal(await say(port, head('GET / HTTP/1.1')), '')
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.status, exchange?.outcome], [undefined, 'error'])
  })

  it('tells the request as it came, whatever the app makes of it', async () => {
    const port = await serve((request, response) => {
      Object.assign(request, { method: 'DELETE', url: '/rewritten', headers: {}, rawHeaders: ['X-Ask', 'changed'] })
      response.end()
    })
    await say(port, head('POST /sent HTTP/1.1', 'X-Ask: why', 'Content-Length: 0'))
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.method, exchange?.target, exchange?.header('x-ask')], ['POST', '/sent', 'why'])
  })

  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    it(`counts no body of a ${status} to ${method}, whatever the app writes`, async () => {
      const port = await serve((_request, response) => {
        response.statusCode = status
        response.write('dropped')
        response.end('dropped too')
      })
      await fetch(`http://127.0.0.1:${port}/`, { method })
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.status, status)
      assert.equal(exchange?.responseBytes, 0)
    })
  }

  it('counts only what the response took, not what is written after its end', async () => {
    const port = await serve((_request, response) => {
      response.on('error', () => {})
      response.end('all')
      response.write('late')
      response.end('later')
      assert.throws(() => response.write(null as unknown as string))
    })
    await say(port, head('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.responseBytes, 3)
  })

  for (const framing of ['content-length', 'chunked']) {
    it(`counts a body (${framing}) that the app never reads, also what arrives after the response`, async () => {
      const port = await serve((_request, response) => response.end('no thanks'))
      const body = Buffer.alloc(300_000, 'x')
      const socket = net.connect(port, '127.0.0.1').resume()
      const fields = framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
      socket.write(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`)
      if (framing === 'chunked') socket.write(`${body.length.toString(16)}\r\n`)
      socket.write(body.subarray(0, 1000))
      await once(socket, 'data')
      assert.equal(journal.exchanges.filter(({ ends }) => ends > 0).length, 0, 'the request has not arrived yet')
      socket.write(body.subarray(1000))
      if (framing === 'chunked') socket.write('\r\n0\r\n\r\n')
      socket.write(head('GET /next HTTP/1.1'))
      const exchanges = await journal.ended(2)
      assert.deepEqual(
        exchanges.map(({ target, requestBytes, outcome }) => [target, requestBytes, outcome]),
        [
          ['/', body.length, 'complete'],
          ['/next', 0, 'complete'],
        ],
      )
    })
  }

  it('puts no listener on requests, responses and sockets, and ends although the app removes all that there are', async () => {
    const counts: unknown[] = []
    const listener: http.RequestListener = (request, response) => {
      const emitters = [request, response, request.socket]
      counts.push(emitters.map((one) => one.eventNames().map((name) => [String(name), one.listenerCount(name)])))
      for (const emitter of emitters) emitter.removeAllListeners()
      request.socket.on('error', () => {})
      if (request.url === '/whole') response.end('whole')
      else response.write('begun')
    }
    const port = await serve(listener)
    const unwatched = http.createServer(listener).listen(0, '127.0.0.1')
    journal.ignore(unwatched)
    await once(unwatched, 'listening')
    for (const path of ['/whole', '/begun']) {
      for (const to of [port, (unwatched.address() as net.AddressInfo).port]) {
        const socket = net.connect(to, '127.0.0.1')
        socket.write(head(`GET ${path} HTTP/1.1`))
        await once(socket, 'data')
        socket.resetAndDestroy()
      }
    }
    const exchanges = await journal.ended(2)
    assert.deepEqual(
      exchanges.map(({ outcome, status, ends }) => [outcome, status, ends]),
      [
        ['complete', 200, 1],
        ['aborted', 200, 1],
      ],
    )
    await journal.connections(2, 2)
    assert.deepEqual([counts[0], counts[2]], [counts[1], counts[3]])
    unwatched.close()
  })

  it('ends with a connection whose methods the app replaced, or that is none of the system', async () => {
    const port = await serve((_request, response) => response.write('begun'))
    const replace = (socket: net.Socket) => {
      const { _destroy, destroy } = socket
      socket._destroy = (error, callback) => _destroy.call(socket, error, callback)
      socket.destroy = (error) => destroy.call(socket, error)
    }
    server.on('connection', replace)
    const socket = net.connect(port, '127.0.0.1')
    socket.write(head('GET / HTTP/1.1'))
    await once(socket, 'data')
    socket.destroy()
    await journal.ended(1)
    server.off('connection', replace)

    let received = ''
    const duplex = new Duplex({
      read() {},
      write(chunk, _encoding, callback) {
        received += chunk
        callback()
      },
    })
    server.emit('connection', duplex)
    duplex.push(head('GET / HTTP/1.1'))
    await until(() => received.includes('begun'))
    duplex.destroy()
    const exchanges = await journal.ended(2)
    assert.deepEqual(
      exchanges.map(({ outcome, status, ends }) => [outcome, status, ends]),
      [
        ['aborted', 200, 1],
        ['error', 200, 1],
      ],
    )
  })

  it('leaves no listeners behind on a connection that many unread bodies came over', async () => {
    const warnings: Error[] = []
    process.on('warning', (warning) => warnings.push(warning))
    const port = await serve((_request, response) => response.end('no'))
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1')
    for (let i = 1; i <= 20; i++) {
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
      await once(socket, 'data')
      socket.write('body')
      await journal.ended(i)
    }
    assert.ok((journal.sockets[0]?.listenerCount('close') ?? 0) < 5)
    await tick()
    assert.deepEqual(warnings, [])
    socket.destroy()
  })

  it('leaves nothing on the messages for the app to see', async () => {
    let seen: unknown[] = []
    const look: http.RequestListener = (request, response) => {
      const { write, end } = response
      seen = [request, response].map((message) => [
        Reflect.ownKeys(message).map(String),
        inspect(message, { depth: 0 }),
      ])
      seen.push([write, end].map((method) => [method.name, method.length]))
      response.end()
    }
    const port = await serve(look)
    const unwatched = http.createServer(look).listen(0, '127.0.0.1')
    journal.ignore(unwatched)
    await once(unwatched, 'listening')
    await say(port, head('GET / HTTP/1.1'))
    await journal.ended(1)
    const watched = seen
    await say((unwatched.address() as net.AddressInfo).port, head('GET / HTTP/1.1'))
    unwatched.close()
    assert.equal(journal.exchanges.length, 1)
    assert.equal(JSON.stringify(watched), JSON.stringify(seen))
  })

  it('counts what arrived of an unread body when the connection ends first', async () => {
    const port = await serve((_request, response) => response.end('no'))
    const socket = net.connect(port, '127.0.0.1').resume()
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n')
    await once(socket, 'data')
    const [accepted] = journal.sockets
    const before = accepted?.bytesRead ?? 0
    socket.write(Buffer.alloc(1234))
    await until(() => (accepted?.bytesRead ?? 0) >= before + 1234)
    socket.destroy()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.requestBytes, 1234)
  })

  it('ends an exchange as aborted when the client leaves before the head', async () => {
    const port = await serve(() => {})
    const socket = net.connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await journal.began(1)
    socket.destroy()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'aborted')
    assert.equal(exchange?.status, undefined)
  })

  for (const how of ['end', 'resetAndDestroy'] as const) {
    it(`ends an exchange as aborted when the client leaves in the middle of the body (${how})`, async () => {
      const port = await serve((_request, response) => response.write('begun'))
      const socket = net.connect(port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await once(socket, 'data')
      socket[how]()
      const [exchange] = await journal.ended(1)
      assert.equal(exchange?.outcome, 'aborted')
      assert.equal(exchange?.status, 200)
      assert.equal(exchange?.responseBytes, 5)
    })
  }

  it('ends an exchange as aborted when the client leaves in the middle of its upload', async () => {
    const port = await serve((request) => request.on('error', () => {}).resume())
    const socket = net.connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf')
    await journal.began(1)
    socket.destroy()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'aborted')
    assert.equal(exchange?.requestBytes, 4)
  })

  it('ends an exchange as an error when the app cuts the connection', async () => {
    const port = await serve((_request, response) => response.destroy())
    await say(port, head('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'error')
  })

  it("leaves the request's mode to the app: a body that nobody asks for stays paused", async () => {
    let flowing: boolean | null | undefined
    const port = await serve((request, response) => {
      until(() => request.readableLength > 0).then(() => {
        flowing = request.readableFlowing
        request.setEncoding('utf8')
        let body = ''
        request.on('data', (text: string) => {
          body += text
        })
        request.on('end', () => response.end(body))
      })
    })
    const heard = await say(port, `${head('POST / HTTP/1.1', 'Content-Length: 4')}€1`)
    assert.equal(flowing, null)
    assert.match(heard, /\r\n\r\n.*1$/s)
  })

  it('hears nothing of a server that is to be ignored', async () => {
    const port = await serve((_request, response) => response.end())
    journal.ignore(server)
    await say(port, head('GET / HTTP/1.1'))
    assert.equal(journal.exchanges.length, 0)
    assert.equal(journal.sockets.length, 0)
  })

  it('keeps every exception of an observer from the app, and still counts', async () => {
    const port = await serve((_request, response) => response.end('unharmed'), { bodies: true })
    journal.throwEverywhere()
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })).text(), 'unharmed')
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.ends, 1)
    assert.ok(journal.faults.length >= 4)
  })
})

describe('accepted connections', () => {
  it('begin when they are accepted and end once, however they end', async () => {
    const port = await serve((_request, response) => response.end('hi'))
    const sockets = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const socket = net.connect(port, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      }),
    )
    await journal.connections(5, 0)
    sockets[0]?.end()
    sockets[1]?.destroy()
    sockets[2]?.resetAndDestroy()
    sockets[3]?.end(head('GET / HTTP/1.1'))
    sockets[4]?.write('nonsense\r\n\r\n')
    await journal.connections(5, 5)
  })
})
