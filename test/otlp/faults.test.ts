import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { TLSSocket } from 'node:tls'
import { type App, startApp } from '../harness/app.ts'
import { createCertificateAuthority } from '../harness/certificates.ts'
import { until } from '../harness/until.ts'
import { FAULTS } from './faults.ts'
import { ACCEPTED, type Fault, FaultyCollector } from './faulty-collector.ts'

/** Long enough for an export to succeed on a busy machine. */
const INTERVAL_MS = 400

const APP = new URL('./apps/names-its-resources.js', import.meta.url)

/** The lines that the preload has written, but for the one that says where its endpoint is. */
const linesOf = (app: App) =>
  app
    .stderr()
    .split('\n')
    .filter((line) => line !== '' && !/metrics on http/.test(line))

/** Runs an app that sends to the collector, which has this fault at first, and asserts at the end that it noticed nothing. */
async function withApp(
  {
    fault,
    intervalMs,
    collector = new FaultyCollector(),
  }: { fault?: Fault; intervalMs: number; collector?: FaultyCollector },
  test: (app: App, collector: FaultyCollector) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await collector.listen()
  collector.turn(fault)
  const app = await startApp(APP, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', '//user:secret@'),
      OTEL_METRIC_EXPORT_INTERVAL: String(intervalMs),
      OTEL_METRIC_EXPORT_TIMEOUT: String(intervalMs),
      AGENTGATEWAY_EXPORT_AT_END: 'false',
      ...env,
    },
  })
  try {
    await test(app, collector)
    await assertUnnoticed(app)
    assert.doesNotMatch(app.stderr(), /secret/)
  } finally {
    await app.stop('SIGKILL')
    await collector.close()
  }
}

/** Asserts that nothing keeps the app alive but its own pipes, that it ends when it is done, and that nothing has reached it. */
async function assertUnnoticed(app: App): Promise<void> {
  app.writeLine('')
  const [, resources = ''] = await app.line(/^resources (.*)$/)
  assert.deepEqual(new Set(JSON.parse(resources)), new Set(['PipeWrap']))
  app.child.stdin?.end()
  assert.deepEqual(await app.exit(), { code: 0, signal: null })
  assert.match(app.stdout(), /^problems \[\]$/m)
}

const exportsArrive = (collector: FaultyCollector, count: number) =>
  until(
    () => collector.requests >= count || undefined,
    () => `${collector.requests} of ${count} exports arrived`,
  )

/** What the line on stderr says after where the metrics go. */
function saidOf(line: string, { url }: FaultyCollector): string {
  const [, where, failure, warning] =
    /^agentgateway-otel: (?:cannot send metrics|metrics were sent) to (\S+?)(?: \((.*)\); trying again with each export|, but (.*))$/.exec(
      line,
    ) ?? []
  assert.equal(where, `${url}/v1/metrics`, line)
  return failure ?? warning ?? ''
}

/** Mends the collector, and asserts that exports arrive again, over one connection, and that this is said if they failed. */
async function assertRecovers(app: App, collector: FaultyCollector, mend: () => void): Promise<void> {
  const before = linesOf(app)
  mend()
  collector.turn()
  await exportsArrive(collector, 3)
  const isFailure = before.some((line) => line.includes('cannot send'))
  if (isFailure) await app.line(/metrics are sent to \S+ again$/, 'stderr')
  assert.equal(linesOf(app).length, before.length + (isFailure ? 1 : 0))
  await until(() => collector.open <= 1 || undefined)
  collector.turn()
  await until(() => collector.requests - collector.connections >= 2 || undefined)
}

describe('a collector that', { concurrency: 8 }, () => {
  for (const [name, { says, ...fault }] of Object.entries(FAULTS)) {
    it(`${name} has one line on stderr, and the exports again when it is mended`, () =>
      withApp({ fault, intervalMs: INTERVAL_MS }, async (app, collector) => {
        // Exports go on at their interval, whatever became of those before.
        await until(() => collector.connections + collector.requests >= 8 || undefined)
        const [line = '', ...others] = linesOf(app)
        assert.deepEqual(others, [])
        assert.match(saidOf(line, collector), says)
        await assertRecovers(app, collector, () => {})
      }))
  }

  it('is not there has one line on stderr, and the exports when it is', () =>
    withApp({ intervalMs: INTERVAL_MS }, async (app, collector) => {
      await exportsArrive(collector, 1)
      await collector.close()
      const [line] = await app.line(/^.*cannot send.*$/, 'stderr')
      assert.match(saidOf(line, collector), /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/)
      await collector.listen()
      await assertRecovers(app, collector, () => {})
    }))

  it('does not respond to forty exports has the next one at its interval', () =>
    withApp({ fault: {}, intervalMs: 50 }, async (app, collector) => {
      await exportsArrive(collector, 40)
      assert.equal(linesOf(app).length, 1)
      await assertRecovers(app, collector, () => {})
    }))

  it('closes idle connections as they are used again has every export, and no line on stderr', () => {
    const fault: Fault = {
      requested(socket, ofConnection) {
        if (ofConnection > 1) socket.resetAndDestroy()
        else socket.write(ACCEPTED)
      },
    }
    return withApp({ fault, intervalMs: 100 }, async (app, collector) => {
      await until(() => collector.connections >= 4 || undefined)
      assert.deepEqual(linesOf(app), [])
    })
  })
})

describe('a retry within the time of an export', { concurrency: 8 }, () => {
  /** A fault that responds to the first request like this, and accepts the others. */
  function once(response: string): Fault {
    let isFirst = true
    return {
      requested(socket) {
        socket.write(isFirst ? response : ACCEPTED)
        isFirst = false
      },
    }
  }

  for (const status of ['429 Too Many Requests', '502 Bad Gateway', '503 Service Unavailable', '504 Gateway Timeout']) {
    it(`sends an export again after ${status}`, () =>
      withApp(
        { fault: once(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`), intervalMs: 2000 },
        async (app, collector) => {
          await exportsArrive(collector, 2)
          const [first, second] = collector.received
          assert.deepEqual(first?.body, second?.body)
          await exportsArrive(collector, 3)
          assert.deepEqual(linesOf(app), [])
        },
      ))
  }

  for (const [kind, retryAfter] of [
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ] as const) {
    it(`waits for as long as Retry-After says in ${kind}`, () => {
      const fault: Fault = {
        requested(socket) {
          socket.write(`HTTP/1.1 503 Service Unavailable\r\nretry-after: ${retryAfter()}\r\ncontent-length: 0\r\n\r\n`)
        },
      }
      return withApp({ fault, intervalMs: 4000 }, async (_app, collector) => {
        await exportsArrive(collector, 2)
        const [first, second] = collector.received
        assert.deepEqual(first?.body, second?.body)
        const waitedMs = (second?.timeMs ?? 0) - (first?.timeMs ?? 0)
        // A timer may be a millisecond early, and a date has no milliseconds.
        assert.ok(waitedMs >= 990, `waited for ${waitedMs} ms`)
      })
    })
  }

  it('sends an export again after its connection was refused', async () => {
    const collector = new FaultyCollector()
    await withApp({ collector, intervalMs: 3000 }, async (app) => {
      await exportsArrive(collector, 1)
      await collector.close()
      await new Promise((resolve) => setTimeout(resolve, 3100))
      await collector.listen()
      collector.turn()
      await exportsArrive(collector, 1)
      assert.deepEqual(linesOf(app), [])
    })
  })

  it('keeps no process alive that is done', async () => {
    const fault = once('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n')
    const collector = new FaultyCollector()
    await withApp({ collector, fault, intervalMs: 3000 }, () => exportsArrive(collector, 1).then(() => {}))
    assert.equal(collector.requests, 1)
  })
})

describe('the files of TLS', { concurrency: 8 }, () => {
  const authority = createCertificateAuthority()
  const stranger = createCertificateAuthority()
  const server = authority.issue('collector', 'DNS:localhost,IP:127.0.0.1')
  const client = authority.issue('client', 'DNS:client')

  const createCollector = (options = {}) =>
    new FaultyCollector(
      (socket) =>
        new TLSSocket(socket, {
          isServer: true,
          cert: readFileSync(server.cert),
          key: readFileSync(server.key),
          ...options,
        } as ConstructorParameters<typeof TLSSocket>[1]),
    )

  const env = (ca: string) => ({ OTEL_EXPORTER_OTLP_CERTIFICATE: ca })

  it('make exports arrive, with a certificate of the client', () => {
    const collector = createCollector({ requestCert: true, rejectUnauthorized: true, ca: readFileSync(authority.cert) })
    return withApp({ collector, intervalMs: INTERVAL_MS }, async () => void (await exportsArrive(collector, 3)), {
      ...env(authority.cert),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: client.cert,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: client.key,
    })
  })

  for (const [name, fill, says] of [
    [
      'do not know the authority',
      (path: string) => copyFileSync(stranger.cert, path),
      /authority of the collector's certificate is not known .*OTEL_EXPORTER_OTLP_CERTIFICATE$/,
    ],
    [
      'cannot be read',
      (path: string) => rmSync(path, { force: true }),
      /^cannot read the file of OTEL_EXPORTER_OTLP_CERTIFICATE: ENOENT.*later-\d\.crt/,
    ],
    [
      'are no certificates',
      (path: string) => copyFileSync(new URL(import.meta.url), path),
      /^cannot use OTEL_EXPORTER_OTLP_CERTIFICATE=.*later-\d\.crt: /,
    ],
  ] as const) {
    it(`that ${name} have one line on stderr, and are used when they are right`, () => {
      const ca = join(authority.folder, `later-${name.length % 10}.crt`)
      fill(ca)
      const collector = createCollector()
      return withApp(
        { collector, intervalMs: INTERVAL_MS },
        async (app) => {
          const [line] = await app.line(/^.*cannot send.*$/, 'stderr')
          assert.match(saidOf(line, collector), says)
          await assertRecovers(app, collector, () => copyFileSync(authority.cert, ca))
        },
        env(ca),
      )
    })
  }
})
