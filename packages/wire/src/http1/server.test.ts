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

/** Sends bytes over a connection of their own, and returns what the server sends until it closes that. */
async function sendRaw(port: number, text: string | Buffer): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(text)
  let received = ''
  socket.setEncoding('latin1').on('data', (data: string) => {
    received += data
  })
  await once(socket, 'close')
  return received
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await tick()
}

const requestHead = (start: string, ...fields: string[]) =>
  `${[start, 'Host: example.test', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`

describe('server exchanges', () => {
  it('reports method, target, host and headers of the request, and status and headers of the response', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(201, { 'X-Sent': ['a', 'b'], 'Content-Type': 'text/plain' })
      response.end('body')
    })
    await fetch(`http://127.0.0.1:${port}/things?x=1`, { method: 'PUT', headers: { 'x-received': 'c' }, body: 'thing' })
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.method, 'PUT')
    assert.equal(exchange?.target, '/things?x=1')
    assert.equal(exchange?.host, `127.0.0.1:${port}`)
    assert.equal(exchange?.header('x-received'), 'c')
    assert.equal(exchange?.status, 201)
    assert.equal(exchange?.responseHeader('x-sent'), 'a, b')
    assert.equal(exchange?.outcome, 'complete')
    assert.equal(exchange?.requestBytes, 5)
    assert.equal(exchange?.responseBytes, 4)
    assert.ok(exchange.endMs >= exchange.startMs)
  })

  it('ends each exchange of a kept-alive connection once, even when requests are pipelined', async () => {
    const sendResponses: (() => void)[] = []
    const port = await serve((request, response) => {
      sendResponses.push(() => response.end(request.url))
      if (sendResponses.length === 3) for (const send of sendResponses.toReversed()) send()
    })
    await sendRaw(
      port,
      `GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n${requestHead('GET /c HTTP/1.1')}`,
    )
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

  it('counts the bytes of chunked requests and responses without the framing', async () => {
    const port = await serve((request, response) => {
      response.write('one')
      response.write(Buffer.from('zwei'))
      response.write('ÿ', 'latin1')
      request.resume().on('end', () => response.end('dr€i'))
    })
    await sendRaw(
      port,
      `${requestHead('POST / HTTP/1.1', 'Transfer-Encoding: chunked')}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n`,
    )
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.requestBytes, 7)
    assert.equal(exchange?.responseBytes, 3 + 4 + 1 + 6)
  })

  it('counts the bytes of a compressed response as sent, and passes them on decoded', async () => {
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

  it('counts the bytes of a compressed request as they arrive, and passes them on decoded', async () => {
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

  it('decodes a compression bomb in a request only up to the bound, and counts all its bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const port = await serve((request, response) => request.resume().on('end', () => response.end()), { bodies: true })
    const headers = { 'content-encoding': 'gzip' }
    await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: bomb })
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.requestBytes, bomb.length)
    assert.ok((exchange?.requestText.length ?? 0) <= 8 * 1024 * 1024)
    assert.deepEqual([exchange?.outcome, journal.faults], ['complete', []])
  })

  it('reports the status and headers that were sent, whatever the app sets after the head', async () => {
    const port = await serve((request, response) => {
      response.writeHead(202, { 'x-sent': 'yes' })
      if (request.url === '/flushed') response.flushHeaders()
      Object.defineProperty(response, 'headersSent', { value: false })
      Object.defineProperty(response, 'getHeader', { value: () => 'not sent' })
      response.statusCode = 500
      if (request.url === '/destroyed') response.write('first', () => response.destroy())
      else setImmediate(() => response.end('body'))
    })
    for (const path of ['/', '/flushed', '/destroyed']) {
      assert.match(await sendRaw(port, requestHead(`GET ${path} HTTP/1.1`)), /^HTTP\/1.1 202 /)
      const exchange = (await journal.ended(1)).pop()
      assert.deepEqual([exchange?.status, exchange?.responseHeader('x-sent')], [202, 'yes'])
    }
  })

  it('reports the status that was sent, if a function in place of writeHead sets another one after the head', async () => {
    const port = await serve((_request, response) => {
      const { writeHead } = response
      response.writeHead = (...args: unknown[]) => {
        const result = Reflect.apply(writeHead, response, args)
        response.statusCode = 500
        return result
      }
      response.statusCode = 202
      response.end('x')
    })
    assert.match(await sendRaw(port, requestHead('GET / HTTP/1.1')), /^HTTP\/1\.1 202 /)
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.status, 202)
  })

  it('reports the status as a number, if the app sets it as a text', async () => {
    const port = await serve((_request, response) => {
      Object.assign(response, { statusCode: '418' })
      response.end('x')
    })
    assert.match(await sendRaw(port, requestHead('GET / HTTP/1.1')), /^HTTP\/1\.1 418 /)
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.status, 418)
  })

  it('ignores informational responses before the final one', async () => {
    const port = await serve((_request, response) => {
      response.writeContinue()
      response.writeProcessing()
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.statusCode = 418
      response.end()
    })
    await sendRaw(port, requestHead('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.status, 418)
  })

  it('reports no status for a head that was made but never sent', async () => {
    const port = await serve((_request, response) => void response.writeHead(200).destroy())
    assert.equal(await sendRaw(port, requestHead('GET / HTTP/1.1')), '')
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.status, exchange?.outcome], [undefined, 'error'])
  })

  it('reports the request as it arrived, whatever the app sets on it', async () => {
    const port = await serve((request, response) => {
      Object.assign(request, {
        method: 'DELETE',
        url: '/rewritten',
        headers: {},
        rawHeaders: ['X-Received', 'changed'],
      })
      response.end()
    })
    await sendRaw(port, requestHead('POST /sent HTTP/1.1', 'X-Received: c', 'Content-Length: 0'))
    const [exchange] = await journal.ended(1)
    assert.deepEqual([exchange?.method, exchange?.target, exchange?.header('x-received')], ['POST', '/sent', 'c'])
  })

  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const) {
    it(`counts no body for a ${status} response to ${method}, whatever the app writes`, async () => {
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

  it('counts no bytes that the app writes after the end of the response', async () => {
    const port = await serve((_request, response) => {
      response.on('error', () => {})
      response.end('all')
      response.write('late')
      response.end('later')
      assert.throws(() => response.write(null as unknown as string))
    })
    await sendRaw(port, requestHead('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.responseBytes, 3)
  })

  for (const framing of ['content-length', 'chunked']) {
    it(`counts a request body (${framing}) that the app never reads, including what arrives after the response`, async () => {
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
      socket.write(requestHead('GET /next HTTP/1.1'))
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

  it('adds no event listeners to messages and sockets, and ends although the app removes all of its own', async () => {
    const counts: unknown[] = []
    const listener: http.RequestListener = (request, response) => {
      const emitters = [request, response, request.socket]
      counts.push(
        emitters.map((emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])),
      )
      for (const emitter of emitters) emitter.removeAllListeners()
      request.socket.on('error', () => {})
      if (request.url === '/whole') response.end('whole')
      else response.write('first')
    }
    const port = await serve(listener)
    const unwatched = http.createServer(listener).listen(0, '127.0.0.1')
    journal.ignore(unwatched)
    await once(unwatched, 'listening')
    for (const path of ['/whole', '/first']) {
      for (const to of [port, (unwatched.address() as net.AddressInfo).port]) {
        const socket = net.connect(to, '127.0.0.1')
        socket.write(requestHead(`GET ${path} HTTP/1.1`))
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

  it('ends with a connection whose methods the app replaced, and with one that is not a socket', async () => {
    const port = await serve((_request, response) => response.write('first'))
    const replace = (socket: net.Socket) => {
      const { _destroy, destroy } = socket
      socket._destroy = (error, callback) => _destroy.call(socket, error, callback)
      socket.destroy = (error) => destroy.call(socket, error)
    }
    server.on('connection', replace)
    const socket = net.connect(port, '127.0.0.1')
    socket.write(requestHead('GET / HTTP/1.1'))
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
    duplex.push(requestHead('GET / HTTP/1.1'))
    await until(() => received.includes('first'))
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

  it('leaves no event listeners on a connection over which many unread bodies arrived', async () => {
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

  it('leaves requests and responses without visible properties of its own', async () => {
    let visible: unknown[] = []
    const inspectMessages: http.RequestListener = (request, response) => {
      const { write, end } = response
      visible = [request, response].map((message) => [
        Reflect.ownKeys(message).map(String),
        inspect(message, { depth: 0 }),
      ])
      visible.push([write, end].map((method) => [method.name, method.length]))
      response.end()
    }
    const port = await serve(inspectMessages)
    const unwatched = http.createServer(inspectMessages).listen(0, '127.0.0.1')
    journal.ignore(unwatched)
    await once(unwatched, 'listening')
    await sendRaw(port, requestHead('GET / HTTP/1.1'))
    await journal.ended(1)
    const watched = visible
    await sendRaw((unwatched.address() as net.AddressInfo).port, requestHead('GET / HTTP/1.1'))
    unwatched.close()
    assert.equal(journal.exchanges.length, 1)
    assert.equal(JSON.stringify(watched), JSON.stringify(visible))
  })

  it('counts the part of an unread body that arrived when the connection ends first', async () => {
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

  it('ends as aborted when the client closes the connection before the response', async () => {
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
    it(`ends as aborted when the client closes the connection in the middle of the response (${how})`, async () => {
      const port = await serve((_request, response) => response.write('first'))
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

  it('ends as aborted when the client closes the connection in the middle of its upload', async () => {
    const port = await serve((request) => request.on('error', () => {}).resume())
    const socket = net.connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf')
    await journal.began(1)
    socket.destroy()
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'aborted')
    assert.equal(exchange?.requestBytes, 4)
  })

  it('ends as an error when the app destroys the response', async () => {
    const port = await serve((_request, response) => response.destroy())
    await sendRaw(port, requestHead('GET / HTTP/1.1'))
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.outcome, 'error')
  })

  it('leaves a request that the app does not read yet paused', async () => {
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
    const received = await sendRaw(port, `${requestHead('POST / HTTP/1.1', 'Content-Length: 4')}€1`)
    assert.equal(flowing, null)
    assert.match(received, /\r\n\r\n.*1$/s)
  })

  it('reports no exchange and no connection of an ignored server', async () => {
    const port = await serve((_request, response) => response.end())
    journal.ignore(server)
    await sendRaw(port, requestHead('GET / HTTP/1.1'))
    assert.equal(journal.exchanges.length, 0)
    assert.equal(journal.sockets.length, 0)
  })

  it('keeps exceptions of a listener from the app, and still ends', async () => {
    const port = await serve((_request, response) => response.end('unharmed'), { bodies: true })
    journal.throwEverywhere()
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })).text(), 'unharmed')
    const [exchange] = await journal.ended(1)
    assert.equal(exchange?.ends, 1)
    assert.ok(journal.faults.length >= 4)
  })
})

describe('accepted connections', () => {
  it('reports each accepted connection once, and its end once, however it ends', async () => {
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
    sockets[3]?.end(requestHead('GET / HTTP/1.1'))
    sockets[4]?.write('nonsense\r\n\r\n')
    await journal.connections(5, 5)
  })
})
