import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { skip } from '../interop/http/http2-channels.ts'

const PATHS = [
  ...['/hello', '/unread', '/late', '/pushing', '/pressure', '/corked', '/trailers', '/file', '/close', '/destroy'],
  ...['/throw', '/deaf', '/nowhere'],
]

/** Asks, and writes down all that comes back: heads, bodies, trailers, pushes, and how the stream ended. */
async function ask(app: App, headers: http2.OutgoingHttpHeaders, body = ''): Promise<unknown[]> {
  const session = http2.connect(`http://127.0.0.1:${app.ready}`)
  const heard: unknown[] = []
  const listen = (stream: http2.ClientHttp2Stream, name: string) => {
    let text = ''
    for (const event of ['response', 'push', 'headers', 'trailers'] as const) {
      stream.on(event, (head: http2.IncomingHttpHeaders) => heard.push([name, event, { ...head, date: '' }]))
    }
    stream.setEncoding('latin1').on('data', (data: string) => {
      text += data
    })
    stream.on('error', (error: NodeJS.ErrnoException) => heard.push([name, error.code]))
    return new Promise<void>((resolve) => {
      stream.on('close', () => {
        heard.push([name, text, stream.rstCode])
        resolve()
      })
    })
  }
  const pushes: Promise<void>[] = []
  session.on('stream', (stream, head) => {
    heard.push(['pushed', head[':path']])
    pushes.push(listen(stream, 'pushed'))
  })
  const stream = session.request(headers, { endStream: body === '' })
  if (body !== '') stream.end(body)
  await listen(stream, 'asked')
  await Promise.all(pushes)
  session.close()
  await once(session, 'close')
  // What is pushed may overtake.
  return heard.map((one) => JSON.stringify(one)).sort()
}

describe('an app that serves HTTP/2', () => {
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
    it(`answers the same with the flag: ${what}`, async () => {
      const [without, ...others] = await Promise.all(apps.map((app) => ask(app, headers, body)))
      assert.ok((without?.length ?? 0) > 0)
      for (const heard of others) assert.deepEqual(heard, without)
    })
  }

  it('sees the same events, modes, errors and return values with the flag', async () => {
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

describe('an app that asks over HTTP/2', () => {
  const file = new URL('./apps/asks-http2.cjs', import.meta.url)

  it('sees and removes the same listeners with the flag, and is counted all the same', async () => {
    const transcripts: string[] = []
    for (const preload of ['none', '--import'] as const) {
      const app = await startApp(file, { preload })
      await app.line(/^done$/)
      transcripts.push(app.stdout())
      if (preload === '--import' && !skip) {
        const models = ['listed', 'deaf', 'faked', 'renamed', 'spied']
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
