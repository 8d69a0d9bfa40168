import assert from 'node:assert/strict'
import net from 'node:net'
import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import fc from 'fast-check'
import { until } from '../harness/until.ts'

/** The statuses that a client can cause; 500 would be a fault of the server. */
const STATUSES: ReadonlySet<string> = new Set(['200', '400', '404', '405', '408', '413', '417', '431', '503'])

const CONCURRENCY = 32

const latin1 = (maxLength: number) =>
  fc.array(fc.integer({ min: 0x20, max: 0xff }), { maxLength }).map((codes) => String.fromCharCode(...codes))

const oneOf = (...texts: string[]) => fc.constantFrom(...texts)

const target = fc.oneof(
  { weight: 4, arbitrary: oneOf('/metrics', '/stats/prometheus', '/healthz', '/', '/metrics?name[]=a&name%5B%5D=b') },
  { weight: 2, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  { weight: 2, arbitrary: fc.webPath().map((path) => `/${path}`) },
  { weight: 1, arbitrary: fc.webQueryParameters().map((query) => `/metrics?${query}`) },
  { weight: 1, arbitrary: latin1(40).map((text) => `/${text}`) },
  { weight: 1, arbitrary: latin1(40) },
)

const header = fc.oneof(
  oneOf(
    'Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
    'Accept-Encoding: gzip',
    'Accept-Encoding: gzip;q=0, *',
    'X-Prometheus-Scrape-Timeout-Seconds: 10',
    'Connection: close',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'Content-Length: 0',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Range: bytes=0-1',
    'If-None-Match: *',
  ),
  fc
    .tuple(oneOf('Accept', 'Accept-Encoding', 'X-Prometheus-Scrape-Timeout-Seconds', 'User-Agent', 'X'), latin1(60))
    .map(([name, value]) => `${name}: ${value}`),
)

const request = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: oneOf('GET', 'HEAD') },
      { weight: 2, arbitrary: oneOf('POST', 'OPTIONS', 'CONNECT', 'get', 'PRI', 'X') },
    ),
    target,
    version: fc.oneof(
      { weight: 9, arbitrary: oneOf('HTTP/1.1', 'HTTP/1.0') },
      { weight: 1, arbitrary: oneOf('HTTP/2.0', 'HTTP', '') },
    ),
    host: fc.oneof(
      { weight: 9, arbitrary: oneOf('Host: a\r\n') },
      { weight: 1, arbitrary: oneOf('', 'Host:\r\n', 'Host: a\r\nHost: b\r\n') },
    ),
    headers: fc.array(header, { maxLength: 4 }),
    body: fc.oneof({ weight: 6, arbitrary: oneOf('') }, { weight: 1, arbitrary: latin1(20) }),
  })
  .map(({ method, target, version, host, headers, body }) =>
    Buffer.from(
      `${method} ${target} ${version}\r\n${host}${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`,
      'latin1',
    ),
  )

/** What is done to the bytes of a request. */
const damage = fc.oneof(
  { weight: 6, arbitrary: fc.constant((bytes: Buffer) => bytes) },
  {
    weight: 1,
    arbitrary: fc
      .double({ min: 0, max: 1, noNaN: true })
      .map((part) => (bytes: Buffer) => bytes.subarray(0, Math.floor(part * bytes.length))),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes)
      copy[at % copy.length] = byte
      return copy
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 2, max: 5 })
      .map((count) => (bytes: Buffer) => Buffer.concat(Array(count).fill(bytes))),
  },
)

/** The chunks in which a request is written. */
const chunks = fc
  .record({ request, damage, cut: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ request, damage, cut }) => {
    const bytes = damage(request)
    const at = Math.floor(cut * bytes.length)
    return [bytes.subarray(0, at), bytes.subarray(at)] as const
  })

/**
 * Sends so many random requests, each on a connection of its own, at least half of which reach the handler. Fails when one
 * has another response than it may have, when the server reports an error, or when it does not serve afterwards.
 */
export async function fuzzEndpoint(count: number, seed: number): Promise<void> {
  const errors: unknown[] = []
  const endpoint = createScrapeEndpoint({ onError: (error) => errors.push(error) })
  const text = Buffer.from('# HELP a A.\n# TYPE a gauge\na 1\n')
  endpoint.expose(async () => ({ write: () => [text], release: () => {} }))
  const { url } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(url).port)
  let handled = 0
  for (const event of ['request', 'checkContinue', 'checkExpectation']) endpoint.server.on(event, () => handled++)

  const requests = fc.sample(chunks, { numRuns: Math.min(count, 20_000), seed })
  let next = 0
  const work = async () => {
    while (next < count) {
      const index = next++
      const parts = requests[index % requests.length] ?? []
      const response = await exchange(port, parts, index)
      const description = `${JSON.stringify(Buffer.concat(parts).toString('latin1'))} gets ${JSON.stringify(response)}`
      if (response !== '') assert.ok(STATUSES.has(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1] ?? ''), description)
    }
  }
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
    assert.deepEqual(errors, [])
    assert.ok(handled >= count / 2, `${handled} of ${count} requests reached the handler`)
    assert.equal(await (await fetch(url, { headers: { connection: 'close' } })).text(), text.toString())
    await until(
      () =>
        new Promise<true | undefined>((resolve) =>
          endpoint.server.getConnections((_, open) => resolve(open === 0 || undefined)),
        ),
    )
  } finally {
    await endpoint.close()
  }
}

/** Writes the parts, closes this side, and returns what arrives. */
function exchange(port: number, parts: readonly Buffer[], index: number): Promise<string> {
  // One address does not have enough ports for a hundred thousand connections in a minute.
  const localAddress = process.platform === 'linux' ? `127.0.0.${2 + (index % 50)}` : '127.0.0.1'
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true })
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = parts
    socket.write(first)
    socket.end(second)
  })
}
