import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, startApp } from '../harness/app.ts'

const SERVER = new URL('./apps/streams.cjs', import.meta.url)
const CLIENT = new URL('./apps/every-client.cjs', import.meta.url)
const OBSERVER = fileURLToPath(new URL('./apps/throwing-observer.mjs', import.meta.url))

const EXCHANGE = ['exchange', 'requestBody', 'requestEnd', 'response', 'responseBody', 'end']
/** Every point at which code of ours runs inside the app's calls. */
const AT_SERVERS = [...EXCHANGE.map((name) => `server ${name}`), 'connection', 'connection end']
const AT_CLIENTS = [
  ...EXCHANGE.map((name) => `client ${name}`),
  ...['pipe', 'pipe input', 'pipe inputEnd', 'pipe output', 'pipe end'],
]

const REQUESTS = [
  'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'GET /gzip HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
].join('')
const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\nmore'
const NONSENSE = 'this is not HTTP\r\n\r\n'

async function converse({ ready }: App, text: string): Promise<string> {
  const socket = net.connect(Number(ready), '127.0.0.1').setEncoding('latin1')
  let received = ''
  socket.on('data', (data: string) => {
    received += data
  })
  socket.write(text)
  await once(socket, 'close')
  return received.replaceAll(/^Date: .*\r\n/gm, '')
}

async function serve(app: App) {
  const responses = [await converse(app, REQUESTS), await converse(app, UPGRADE), await converse(app, NONSENSE)]
  const exit = await app.stop()
  return { responses, ...exit, stdout: app.stdout().replace(/^ready .*$/m, '') }
}

/** Waits for an app that ends by itself. */
async function finish(app: App) {
  const exit = await app.exit()
  return { responses: [], ...exit, stdout: app.stdout() }
}

for (const [what, file, points, run, expected] of [
  ['HTTP/1 servers', SERVER, AT_SERVERS, serve, /hello.*101 Switching.*400 Bad/s],
  ['clients, HTTP/2 and pipes', CLIENT, [...AT_CLIENTS, ...AT_SERVERS], finish, /http2 200.*child.*ECONNREFUSED/s],
] as const) {
  describe(`an exception of ours at ${what}`, () => {
    let without: Awaited<ReturnType<typeof run>>
    before(async () => {
      without = await run(await startApp(file, { preload: 'none' }))
    })
    after(() => assert.match(without.responses.join() + without.stdout, expected))

    for (const point of points) {
      it(`never reaches the app, and is reported as a fault: ${point}`, async () => {
        const app = await startApp(file, {
          preload: 'none',
          nodeOptions: ['--import', OBSERVER],
          env: { THROWS: point },
        })
        assert.deepEqual(await run(app), without)
        const faults = app.stderr().split('\n').slice(0, -1)
        assert.ok(faults.length > 0, app.stderr())
        for (const fault of faults) assert.equal(fault, `fault at ${point}`)
      })
    }
  })
}
