import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'

const PATHS = [
  ...['/hello', '/unread', '/late', '/pushing', '/pressure', '/corked', '/trailers', '/file', '/close', '/destroy'],
  ...['/throw', '/without-listeners', '/nowhere'],
]

/** Sends a request, and returns all that comes back: heads, bodies, trailers, pushes, and how the streams ended. */
async function receive(app: App, headers: http2.OutgoingHttpHeaders, body = ''): Promise<unknown[]> {
  const session = http2.connect(`http://127.0.0.1:${app.ready}`)
  const received: unknown[] = []
  const listen = (stream: http2.ClientHttp2Stream, name: string) => {
    let text = ''
    for (const event of ['response', 'push', 'headers', 'trailers'] as const) {
      stream.on(event, (head: http2.IncomingHttpHeaders) => received.push([name, event, { ...head, date: '' }]))
    }
    stream.setEncoding('latin1').on('data', (data: string) => {
      text += data
    })
    stream.on('error', (error: NodeJS.ErrnoException) => received.push([name, error.code]))
    return new Promise<void>((resolve) => {
      stream.on('close', () => {
        received.push([name, text, stream.rstCode])
        resolve()
      })
    })
  }
  const pushes: Promise<void>[] = []
  session.on('stream', (stream, head) => {
    received.push(['pushed', head[':path']])
    pushes.push(listen(stream, 'pushed'))
  })
  const stream = session.request(headers, { endStream: body === '' })
  if (body !== '') stream.end(body)
  await listen(stream, 'response')
  await Promise.all(pushes)
  session.close()
  await once(session, 'close')
  // A pushed stream may overtake the response, so the order is not compared.
  return received.map((part) => JSON.stringify(part)).sort()
}

describe('an app that serves HTTP/2, with the preload as without', () => {
  const apps: App[] = []
  before(async () => {
    const file = new URL('./apps/streams-http2.cjs', import.meta.url)
    for (const preload of ['none', '--import', '--require'] as const) apps.push(await startApp(file, { preload }))
  })
  after(() => Promise.all(apps.map((app) => app.stop())))

  const conversations: Record<string, readonly [http2.OutgoingHttpHeaders, string?]> = {
    ...Object.fromEntries(PATHS.map((path) => [`GET ${path}`, [{ ':path': path }] as const])),
    'HEAD /hello': [{ ':path': '/hello', ':method': 'HEAD' }],
    'a body': [{ ':path': '/echo', ':method': 'POST' }, 'hello'],
    'a body that is not read': [{ ':path': '/unread', ':method': 'POST' }, 'hello'],
  }
  for (const [what, [headers, body]] of Object.entries(conversations)) {
    it(`sends the same: ${what}`, async () => {
      const [without, ...others] = await Promise.all(apps.map((app) => receive(app, headers, body)))
      assert.ok((without?.length ?? 0) > 0)
      for (const received of others) assert.deepEqual(received, without)
    })
  }

  it('sees the same events, modes, errors and return values', async () => {
    for (const app of apps) {
      const session = http2.connect(`http://127.0.0.1:${app.ready}`)
      const stream = session.request({ ':path': '/wait' })
      await once(stream, 'data')
      stream.close(http2.constants.NGHTTP2_CANCEL)
      await app.line(/waiting.*close/)
      session.destroy()
    }
    const logs = apps.map((app) => app.stdout().replace(/^ready .*$/m, ''))
    assert.ok((logs[0]?.split('\n').length ?? 0) > 35)
    assert.equal(logs[1], logs[0])
    assert.equal(logs[2], logs[0])
    for (const app of apps.slice(1)) assert.equal(app.stderr().split('\n').length, 2)
  })
})

describe('an app that sends requests over HTTP/2', () => {
  const file = new URL('./apps/http2-client.cjs', import.meta.url)

  it('sees and removes the same listeners with the preload as without, and has its calls counted', async () => {
    const transcripts: string[] = []
    for (const preload of ['none', '--import'] as const) {
      const app = await startApp(file, { preload })
      await app.line(/^done$/)
      transcripts.push(app.stdout())
      if (preload === '--import') {
        const models = ['listed', 'without listeners', 'faked', 'renamed', 'spied']
        await app.metricsWhen((families) =>
          models.every((gen_ai_request_model) => {
            const labels = { gen_ai_request_model, error_type: '', usage: 'reported' }
            return sumOf(families, 'agentgateway_llm_requests_total', labels) === 1
          }),
        )
        assert.equal(sumOf(await app.metrics(), 'agentgateway_requests_total'), models.length)
      }
      await app.stop()
    }
    assert.ok((transcripts[0]?.split('\n').length ?? 0) > 10)
    assert.equal(transcripts[1], transcripts[0])
  })
})
