import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { LABEL_SETS, OTHER } from '@agentgateway-otel/metrics'
import { type App, startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'

/** `pnpm test:soak` sends 1,000,000. */
const REQUESTS = Number(process.env.SOAK_REQUESTS ?? 100_000)
/** The number of routes that have series of their own. */
const MAX_ROUTES = LABEL_SETS.http[2][1].maxValues
/** A prime, so that every route gets requests of every method. */
const ROUTES = MAX_ROUTES + 201

/** The requests that are pipelined on the connection at a time. */
const BATCH = 500

/** In bytes a request. Anything that were kept of each request would be larger. */
const MAX_GROWTH = 40

/** Methods that Node's parser accepts, among them some that have no value of their own in the label. */
const METHODS = ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'MKCALENDAR', 'PROPFIND', 'M-SEARCH', 'UNLINK']

/** Makes a new target of each kind, some that have a route and some that have none. */
const TARGETS: readonly ((i: number) => string)[] = [
  (i) => `/route-${i % ROUTES}/${i}`,
  (i) => `/route-${i % ROUTES}/${i}?query=${i}`,
  (i) => `/route-${i % ROUTES}/${encodeURIComponent(`ÿ${i}"\\\u0001{}`)}`,
  (i) => `/nowhere/${i}`,
  (i) => `/${'x'.repeat(200)}${i}`,
  (i) => `//../%2e%2e/${i}`,
  (i) => `http://host-${i}.example/route-${i % ROUTES}/${i}`,
]

const request = (i: number) =>
  `${METHODS[i % METHODS.length]} ${TARGETS[i % TARGETS.length]?.(i)} HTTP/1.1\r\nHost: host-${i}.example\r\nX-${i}: ${i}\r\n\r\n`

/** Sends the requests `from` to `to`, pipelined on a connection of their own, and waits for all responses. */
function send(port: number, from: number, to: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1')
  let sent = from
  let responses = from
  const next = () => {
    const end = Math.min(sent + BATCH, to)
    let text = ''
    for (; sent < end; sent++) text += request(sent)
    socket.write(text)
  }
  return new Promise((resolve, reject) => {
    let tail = ''
    socket.setEncoding('latin1').on('data', (data: string) => {
      const heads = (tail + data).split('HTTP/1.1 ')
      responses += heads.length - 1
      // A status line may be split between two chunks.
      tail = (heads.at(-1) ?? '').slice(-8)
      if (responses === to) socket.end(resolve)
      else if (responses === sent) next()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${responses - from} responses`)))
    next()
  })
}

describe(`an app that serves ${REQUESTS} requests over ${ROUTES} routes, hostile methods and paths among them`, () => {
  let app: App
  let heapLines = 0
  before(async () => {
    app = await startApp(new URL('../interop/http/apps/many-routes.js', import.meta.url), {
      nodeOptions: ['--expose-gc'],
      env: { ROUTES: String(ROUTES) },
    })
  })
  after(() => app.stop())

  async function heap(): Promise<number> {
    app.writeLine('heap')
    const [, bytes] = await app.line(new RegExp(`^heap ${heapLines++} (\\d+)$`))
    return Number(bytes)
  }

  it('keeps a flat heap and a bounded number of series, and counts each request', async (test) => {
    const port = Number(app.ready)
    // After the warm-up each route has had requests, and the code is compiled.
    const warmUp = Math.max(REQUESTS / 5, (ROUTES * METHODS.length * TARGETS.length) / 5)
    await send(port, 0, warmUp)
    await app.metrics()
    const sizes = [await heap()]
    const begun = performance.now()
    const step = (REQUESTS - warmUp) / 4
    for (let from = warmUp; from < REQUESTS; from += step) {
      await send(port, from, from + step)
      await app.metrics()
      sizes.push(await heap())
    }
    const seconds = (performance.now() - begun) / 1000
    const growth = ((sizes.at(-1) ?? 0) - (sizes[0] ?? 0)) / (REQUESTS - warmUp)
    test.diagnostic(`heap in bytes: ${sizes.join(', ')}; ${growth.toFixed(2)} a request; ${seconds.toFixed(1)} s`)

    const families = await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') >= REQUESTS)
    assert.equal(sumOf(families, 'agentgateway_requests_total'), REQUESTS)
    const series = families.get('agentgateway_requests_total')?.samples ?? []
    test.diagnostic(`series: ${series.length}`)
    // Other statuses and methods add a few series to those of the routes.
    assert.ok(series.length <= MAX_ROUTES + 10, `${series.length} series`)
    const routes = new Set(series.map(({ labels }) => labels.route ?? ''))
    for (const route of routes) assert.match(route, /^(\/route-\d+\/:id|unknown|_OTHER)$/)
    assert.ok(routes.has(OTHER))
    assert.ok(routes.size <= MAX_ROUTES + 1, `${routes.size} routes`)
    assert.ok(growth < MAX_GROWTH, `the heap grows by ${growth} bytes a request`)
  })
})
