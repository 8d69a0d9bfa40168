import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'

const APP = new URL('./apps/streams.cjs', import.meta.url)

const head = (start: string, ...fields: string[]) =>
  `${start} HTTP/1.1\r\nHost: example.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const CLOSE = 'Connection: close'
const CHUNKED = 'Transfer-Encoding: chunked'
const chunks = (...texts: string[]) =>
  `${texts.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join('')}0\r\n`

/** What clients send, byte by byte, each on a connection of its own. */
const CONVERSATIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      '/end',
      '/nothing',
      '/callback',
      '/chunks',
      '/head',
      '/trailers',
      '/gzip',
      '/empty-status',
      '/late',
      '/wrong',
      '/pressure',
      '/hostile',
    ].map((path) => [`GET ${path}`, head(`GET ${path}`, CLOSE)]),
  ),
  'HEAD /chunks': head('HEAD /chunks', CLOSE),
  'HTTP/1.0': 'GET /chunks HTTP/1.0\r\n\r\n',
  'GET /properties': head('GET /properties', CLOSE),
  'GET /cut': head('GET /cut', CLOSE),
  'a body with a length': `${head('POST /echo', CLOSE, 'Content-Length: 5')}hello`,
  'a chunked body': `${head('POST /echo', CLOSE, CHUNKED)}${chunks('one', 'Grüße')}\r\n`,
  'a body with trailers': `${head('POST /read', CLOSE, CHUNKED)}${chunks('one', 'two')}X-T: 1\r\n\r\n`,
  'a paused body': `${head('POST /paused', CLOSE, CHUNKED)}${chunks('x'.repeat(70_000), 'y'.repeat(70_000))}\r\n`,
  'an unread body': `${head('POST /unread', 'Content-Length: 70000')}${'z'.repeat(70_000)}${head('GET /end', CLOSE)}`,
  'an unread chunked body': `${head('POST /unread', CHUNKED)}${chunks('z'.repeat(70_000))}\r\n${head('GET /end', CLOSE)}`,
  'pipelined requests': head('GET /chunks') + head('GET /end') + head('GET /nowhere', CLOSE),
  'Expect: 100-continue': `${head('POST /echo', CLOSE, 'Expect: 100-continue', 'Content-Length: 2')}ok`,
  'a body that flows': `${head('POST /data', CLOSE, 'Content-Length: 5')}hello`,
  'an upgrade': `${head('GET /end', 'Connection: Upgrade', 'Upgrade: raw')}and more`,
  'an upgrade that is refused': head('GET /end', 'Connection: Upgrade', 'Upgrade: refused'),
  'an upgrade that is cut': head('GET /end', 'Connection: Upgrade', 'Upgrade: cut'),
  CONNECT: head('CONNECT a.test:1'),
  nonsense: 'this is not HTTP\r\n\r\n',
  'a broken chunk': `${head('POST /read', CHUNKED)}zz\r\nabc\r\n`,
  'two lengths': head('POST /read', 'Content-Length: 1', 'Content-Length: 2'),
}

/** Sends the whole text, and returns all that the server sends until it closes the connection, without the dates. */
async function converse(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('latin1').on('data', (data: string) => {
    received += data
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return received.replaceAll(/^Date: .*\r\n/gm, '')
}

/** Disconnects in the middle of a response, and waits until the app has noticed. */
async function disconnect(app: App): Promise<void> {
  const socket = net.connect(Number(app.ready), '127.0.0.1')
  socket.write(head('GET /wait'))
  await once(socket, 'data')
  socket.destroy()
  await app.line(/response closed/)
  await app.line(/request closed/)
}

describe('an app that serves HTTP, with the preload as without', () => {
  const apps: App[] = []
  before(async () => {
    for (const preload of ['none', '--import', '--require'] as const) apps.push(await startApp(APP, { preload }))
  })
  after(() => Promise.all(apps.map((app) => app.stop())))

  for (const [what, text] of Object.entries(CONVERSATIONS)) {
    it(`sends the same bytes: ${what}`, async () => {
      const [without, ...others] = await Promise.all(apps.map((app) => converse(Number(app.ready), text)))
      assert.equal(without === '', what === 'an upgrade that is cut')
      for (const received of others) assert.equal(received, without)
    })
  }

  it('sees the same events, modes, errors and return values', async () => {
    for (const app of apps) await disconnect(app)
    const logs = apps.map((app) => app.stdout().replace(/^ready .*$/m, ''))
    assert.ok((logs[0]?.split('\n').length ?? 0) > 50)
    assert.equal(logs[1], logs[0])
    assert.equal(logs[2], logs[0])
  })

  it('has at most one line about our faults on stderr, even when its properties throw', () => {
    const [without, ...others] = apps.map((app) => app.stderr())
    assert.equal(without, '')
    for (const stderr of others) {
      const lines = stderr.split('\n').filter((line) => !line.startsWith('    at '))
      assert.match(lines.join('\n'), /^agentgateway-otel: .*metrics on .*\nagentgateway-otel: .*trap.*\n$/)
    }
  })

  it('has its requests counted', async () => {
    const families = await apps[1]?.metrics()
    const counted = families?.get('agentgateway_requests_total')?.samples.reduce((sum, { value }) => sum + value, 0)
    assert.ok((counted ?? 0) > 20)
  })
})

describe('an app that serves HTTP and ends', () => {
  for (const preload of ['--import', '--require'] as const) {
    const ends: Record<string, (app: App) => Promise<unknown>> = {
      'by an exception of a handler': async (app) => converse(Number(app.ready), head('GET /throw')),
      'by a signal, with a connection open': async (app) => {
        const socket = net.connect(Number(app.ready), '127.0.0.1').on('error', () => {})
        socket.write(head('GET /end'))
        await once(socket, 'data')
        await app.stop()
      },
    }
    for (const [how, end] of Object.entries(ends)) {
      it(`ends with ${preload} as without the preload, and writes the same: ${how}`, async () => {
        const [without, withPreload] = await Promise.all(
          (['none', preload] as const).map(async (option) => {
            const app = await startApp(APP, { preload: option })
            await end(app)
            const exit = await app.exit()
            return { ...exit, stdout: app.stdout(), stderr: app.stderr().replace(/^agentgateway-otel: .*\n/, '') }
          }),
        )
        const port = /^ready \d+$/m
        assert.deepEqual(
          { ...withPreload, stdout: withPreload?.stdout.replace(port, '') },
          { ...without, stdout: without?.stdout.replace(port, '') },
        )
      })
    }
  }
})
