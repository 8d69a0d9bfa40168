import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import http2 from 'node:http2'
import https from 'node:https'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'
import { connections, counted, SIZES, total } from './requests.ts'

const APP = new URL('./apps/http2.cjs', import.meta.url)

/** What an action added to the metrics. */
interface Added {
  readonly requests: Record<string, number>
  readonly requestBytes: number
  /** Undefined if no size was recorded. */
  readonly responseBytes: number | undefined
}

const sum = (values: Record<string, number>) => Object.values(values).reduce((sum, value) => sum + value, 0)

function difference(before: Families, after: Families): Added {
  const was = counted(before)
  const requests = Object.entries(counted(after)).map(([key, value]) => [key, value - (was[key] ?? 0)] as const)
  const grown = (sample: string) => sum(counted(after, sample)) - sum(counted(before, sample))
  return {
    requests: Object.fromEntries(requests.filter(([, value]) => value > 0)),
    requestBytes: grown(SIZES.request),
    responseBytes: grown('agentgateway_response_size_bytes_count') > 0 ? grown(SIZES.response) : undefined,
  }
}

describe('HTTP/2 servers', () => {
  let app: App
  let at: { h2c: number; h2: number; streams: number }
  let session: http2.ClientHttp2Session

  before(async () => {
    app = await startApp(APP)
    at = JSON.parse(app.ready)
    session = http2.connect(`http://127.0.0.1:${at.h2c}`)
    await once(session, 'remoteSettings')
  })
  after(async () => {
    session.destroy()
    await app.stop()
  })

  /** Returns what an action adds to the metrics; waits until it is this many requests. */
  async function added(act: () => Promise<unknown>, requests = 1): Promise<Added> {
    const before = await app.metrics()
    await act()
    return difference(before, await app.metricsWhen((families) => total(families) >= total(before) + requests))
  }

  async function request(
    headers: http2.OutgoingHttpHeaders,
    body?: Buffer,
    over = session,
  ): Promise<{ status: unknown; text: string }> {
    const stream = over.request(headers, { endStream: body === undefined })
    if (body) stream.end(body)
    let status: unknown
    let text = ''
    stream.on('response', (head) => {
      status = head[':status']
    })
    stream.setEncoding('latin1').on('data', (data: string) => {
      text += data
    })
    await once(stream, 'close')
    return { status, text }
  }

  for (const [path, method, expected] of [
    ['/hello', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: 5 }],
    ['/hello', 'HEAD', { requests: { 'HEAD 200 unknown': 1 }, requestBytes: 0, responseBytes: 0 }],
    ['/empty', 'GET', { requests: { 'GET 204 unknown': 1 }, requestBytes: 0, responseBytes: 0 }],
    ['/hints', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: 15 }],
    ['/trailers', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: 4 }],
    ['/nowhere', 'BREW', { requests: { '_OTHER 404 unknown': 1 }, requestBytes: 0, responseBytes: 2 }],
    ['/file', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: statSync(APP).size }],
    ['/part', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: 100 }],
    ['/fd', 'GET', { requests: { 'GET 200 unknown': 1 }, requestBytes: 0, responseBytes: undefined }],
  ] as const) {
    it(`counts ${method} ${path} over HTTP/2 as the client sees it`, async () => {
      let response = { status: undefined as unknown, text: '' }
      const counts = await added(async () => {
        response = await request({ ':path': path, ':method': method })
      })
      assert.deepEqual(counts, expected)
      assert.match(Object.keys(counts.requests)[0] ?? '', new RegExp(` ${response.status} `))
      if (counts.responseBytes !== undefined) assert.equal(response.text.length, counts.responseBytes)
    })
  }

  it('counts the bytes of both bodies over HTTP/2', async () => {
    const body = Buffer.alloc(300_000, 'x')
    assert.deepEqual(await added(() => request({ ':path': '/echo', ':method': 'POST' }, body)), {
      requests: { 'POST 200 unknown': 1 },
      requestBytes: body.length,
      responseBytes: body.length,
    })
  })

  it('counts a body over HTTP/2 that the app does not read', async () => {
    const counts = await added(async () => {
      const unread = request({ ':path': '/unread', ':method': 'POST' }, Buffer.alloc(5000))
      // By the time that the server responds to a ping, it has received the frames before it.
      await new Promise((resolve) => session.ping(resolve))
      await request({ ':path': '/release' })
      assert.equal((await unread).text, 'no thanks')
    }, 2)
    assert.equal(counts.requestBytes, 5000)
    assert.deepEqual(counts.requests, { 'POST 200 unknown': 1, 'GET 200 unknown': 1 })
  })

  for (const [path, responseBytes] of [
    ['/read/end', 4],
    ['/read/write', 4],
    ['/read/large', 1_000_000],
    ['/read/trailers', 4],
  ] as const) {
    it(`counts a response over HTTP/2 that follows the whole request as complete: ${path}`, async () => {
      const other = http2.connect(`http://127.0.0.1:${at.streams}`)
      for (const body of [undefined, Buffer.from('question')]) {
        const method = body ? 'POST' : 'GET'
        const counts = await added(() => request({ ':path': path, ':method': method }, body, other))
        assert.deepEqual(counts, {
          requests: { [`${method} 200 unknown`]: 1 },
          requestBytes: body?.length ?? 0,
          responseBytes,
        })
      }
      other.close()
    })
  }

  it('counts a response over HTTP/2 that ends before the request does', async () => {
    const counts = await added(async () => {
      const stream = session.request({ ':path': '/hello', ':method': 'POST' })
      stream.resume().write('begun')
      await once(stream, 'close')
    })
    assert.deepEqual(counts.requests, { 'POST 200 unknown': 1 })
    assert.equal(counts.responseBytes, 5)
  })

  it('counts a request over HTTP/2 that the app leaves half read, once its response is complete', async () => {
    const counts = await added(() => request({ ':path': '/paused', ':method': 'POST' }, Buffer.from('question')))
    assert.deepEqual(counts, { requests: { 'POST 200 unknown': 1 }, requestBytes: 8, responseBytes: 6 })
  })

  it('counts the method that the client sent over HTTP/2, whatever a middleware sets', async () => {
    const headers = { ':path': '/override', ':method': 'POST', 'x-http-method-override': 'DELETE' }
    assert.deepEqual((await added(() => request(headers, Buffer.from('question')))).requests, { 'POST 200 unknown': 1 })
  })

  for (const [path, status] of [
    ['/later-status', 201],
    ['/flushed-status', 200],
  ] as const) {
    it(`counts the status that was sent over HTTP/2, whatever the app sets later: ${path}`, async () => {
      const counts = await added(async () => {
        assert.equal((await request({ ':path': path })).status, status)
      })
      assert.deepEqual(counts.requests, { [`GET ${status} unknown`]: 1 })
    })
  }

  it('counts a stream from which the app has removed all listeners', async () => {
    const counts = await added(async () => {
      const other = http2.connect(`http://127.0.0.1:${at.h2c}`)
      await request({ ':path': '/deaf' }, undefined, other)
      other.destroy()
    })
    assert.deepEqual(counts, { requests: { 'GET 203 unknown': 1 }, requestBytes: 0, responseBytes: 4 })
  })

  it('counts a stream as its client ends it, if the app failed to close it with an invalid code', async () => {
    const counts = await added(async () => {
      const stream = session.request({ ':path': '/refused-close' })
      await once(stream, 'data')
      stream.close(http2.constants.NGHTTP2_CANCEL)
      await once(stream, 'close')
    })
    assert.deepEqual(counts, { requests: { 'GET 499 unknown': 1 }, requestBytes: 0, responseBytes: 7 })
  })

  it('counts a request over HTTP/2, and not the stream that is pushed with its response', async () => {
    const counts = await added(async () => {
      const pushed = once(session, 'stream').then(([stream]) => once(stream.resume(), 'close'))
      await request({ ':path': '/pushing' })
      await pushed
      await request({ ':path': '/hello' })
    }, 2)
    assert.deepEqual(counts, {
      requests: { 'GET 200 unknown': 2 },
      requestBytes: 0,
      responseBytes: 'pushing'.length + 5,
    })
  })

  it('counts each of 100 concurrent streams of one connection', async () => {
    const before = connections(await app.metrics(), 'total')
    const counts = await added(
      () => Promise.all(Array.from({ length: 100 }, () => request({ ':path': '/hello' }))),
      100,
    )
    assert.deepEqual(counts, { requests: { 'GET 200 unknown': 100 }, requestBytes: 0, responseBytes: 500 })
    assert.deepEqual(connections(await app.metrics(), 'total'), before)
  })

  for (const [path, responseBytes] of [
    ['/never', 0],
    ['/half', 4],
  ] as const) {
    it(`counts a stream that the client resets as 499: ${path}`, async () => {
      const counts = await added(async () => {
        const stream = session.request({ ':path': path })
        if (responseBytes > 0) await once(stream, 'data')
        else await new Promise((resolve) => session.ping(resolve))
        stream.close(http2.constants.NGHTTP2_CANCEL)
        await once(stream, 'close')
      })
      assert.deepEqual(counts, { requests: { 'GET 499 unknown': 1 }, requestBytes: 0, responseBytes })
    })
  }

  it('counts a stream as 499 if the client resets it after the app has written the whole response', async () => {
    const counts = await added(async () => {
      const stream = session.request({ ':path': '/large' })
      await once(stream, 'data')
      stream.close(http2.constants.NGHTTP2_CANCEL)
      await once(stream, 'close')
    })
    assert.deepEqual(counts.requests, { 'GET 499 unknown': 1 })
  })

  for (const [how, leave] of Object.entries({
    // `session.socket` is a proxy that does not allow `destroy`, but its methods return the socket itself.
    'cuts the connection': ({ socket }: http2.ClientHttp2Session) => socket.off('error', String).destroy(),
    'sends GOAWAY with an error': (other: http2.ClientHttp2Session) =>
      other.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM),
  })) {
    it(`counts the streams of a client that ${how} as 499`, async () => {
      const counts = await added(async () => {
        const other = http2.connect(`http://127.0.0.1:${at.streams}`).on('error', () => {})
        const streams = [1, 2, 3].map(() => other.request({ ':path': '/half' }).on('error', () => {}))
        await Promise.all(streams.map((stream) => once(stream, 'data')))
        leave(other)
      }, 3)
      assert.deepEqual(counts, { requests: { 'GET 499 unknown': 3 }, requestBytes: 0, responseBytes: 12 })
    })
  }

  for (const [path, status] of [
    ['/reset', '_OTHER'],
    ['/cut', '202'],
    ['/goaway', '_OTHER'],
  ] as const) {
    it(`counts a stream that the app itself cuts with the status that was sent: ${path} as ${status}`, async () => {
      const counts = await added(async () => {
        const other = http2.connect(`http://127.0.0.1:${at.streams}`).on('error', () => {})
        const stream = other.request({ ':path': path }).on('error', () => {})
        await new Promise((resolve) => stream.resume().on('close', resolve))
        other.destroy()
      })
      assert.deepEqual(counts.requests, { [`GET ${status} unknown`]: 1 })
    })
  }

  it('counts a CONNECT over HTTP/2, also an extended one, when its tunnel opens, without what goes through it', async () => {
    const open: http2.ClientHttp2Stream[] = []
    const counts = await added(async () => {
      for (const more of [{}, { ':protocol': 'websocket', ':path': '/chat', ':scheme': 'http' }]) {
        const stream = session.request({ ':method': 'CONNECT', ':authority': 'a.test', ...more }, { endStream: false })
        stream.write('through')
        await once(stream, 'data')
        open.push(stream)
      }
    }, 2)
    assert.deepEqual(counts, { requests: { 'CONNECT 200 unknown': 2 }, requestBytes: 0, responseBytes: 0 })
    const closed = await added(async () => {
      for (const stream of open) {
        stream.end()
        await once(stream.resume(), 'close')
      }
      await request({ ':path': '/hello' })
    })
    assert.deepEqual(closed.requests, { 'GET 200 unknown': 1 })
  })

  it('counts a request of MCP over HTTP/2 with the protocol mcp', async () => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const counts = await added(() => request({ ':path': '/mcp', ':method': 'POST', ...headers }, body))
    assert.deepEqual(counts.requests, { 'POST 200 unknown mcp': 1 })
  })

  it('counts the HTTP/2 and HTTP/1 requests of one TLS server once each, and their connections as https', async () => {
    const counts = await added(async () => {
      const secure = http2.connect(`https://127.0.0.1:${at.h2}`, { rejectUnauthorized: false })
      const agent = new https.Agent({ rejectUnauthorized: false, maxSockets: 1 })
      const overHttp1 = async () => {
        const [response] = await once(https.get(`https://127.0.0.1:${at.h2}/hello`, { agent }), 'response')
        assert.equal(response.httpVersion, '1.1')
        await once(response.resume(), 'end')
      }
      const overHttp2 = async () => {
        assert.equal((await request({ ':path': '/hello' }, undefined, secure)).text, 'hello')
      }
      await Promise.all([overHttp2(), overHttp1(), overHttp2(), overHttp1(), overHttp2()])
      secure.close()
      agent.destroy()
    }, 5)
    assert.deepEqual(counts, { requests: { 'GET 200 unknown': 5 }, requestBytes: 0, responseBytes: 25 })
    const families = await app.metricsWhen((families) => connections(families, 'active')[`${at.h2} https`] === 0)
    assert.equal(connections(families, 'total')[`${at.h2} https`], 2)
  })
})

describe('connections to HTTP/2 servers', () => {
  it('counts connections to HTTP/2 servers on every Node.js, and none as active once the clients are gone', async () => {
    const app = await startApp(APP)
    const at: { h2c: number; h2: number } = JSON.parse(app.ready)
    const sessions = [
      http2.connect(`http://127.0.0.1:${at.h2c}`),
      http2.connect(`https://127.0.0.1:${at.h2}`, { rejectUnauthorized: false }),
    ]
    await Promise.all(sessions.map((session) => once(session, 'remoteSettings')))
    const open = { [`${at.h2c} http`]: 1, [`${at.h2} https`]: 1 }
    assert.deepEqual(connections(await app.metrics(), 'active'), open)
    for (const session of sessions) session.destroy()
    await app.metricsWhen((families) => Object.values(connections(families, 'active')).every((count) => count === 0))
    await app.stop()
  })
})
