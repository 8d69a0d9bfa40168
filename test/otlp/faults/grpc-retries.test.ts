import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { constants, type ServerHttp2Session, sensitiveHeaders } from 'node:http2'
import { describe, it } from 'node:test'
import type { App } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import { assertNothingSaid, exportsArrive, runApp } from './faulty-app.ts'
import { accept, GrpcCollector, type GrpcFault, respondWithoutBody } from './grpc-collector.ts'
import { retryInfo } from './grpc-table.ts'

/** A fault that responds to the first call like this, and accepts the others. */
function once(fields: Readonly<Record<string, string>>): GrpcFault {
  let isFirst = true
  return {
    called(stream) {
      if (isFirst) respondWithoutBody(stream, fields)
      else accept(stream)
      isFirst = false
    },
  }
}

/** The codes that OTLP's specification calls retryable. */
const RETRYABLE = { CANCELLED: 1, DEADLINE_EXCEEDED: 4, ABORTED: 10, OUT_OF_RANGE: 11, UNAVAILABLE: 14, DATA_LOSS: 15 }

/** Some of the others. */
const FINAL = { UNKNOWN: 2, INVALID_ARGUMENT: 3, RESOURCE_EXHAUSTED: 8, INTERNAL: 13, UNAUTHENTICATED: 16 }

const timeoutOf = (text: unknown) => Number(/^(\d{1,8})m$/.exec(String(text))?.[1])

/** How many file descriptors the app has open; 0 where the system does not tell. */
function descriptorsOf({ child }: App): number {
  const folder = `/proc/${child.pid}/fd`
  return existsSync(folder) ? readdirSync(folder).length : 0
}

/** Waits for two calls, and asserts that the second is the first one again. Returns the time between them. */
async function waitBeforeRetry(collector: GrpcCollector): Promise<number> {
  await exportsArrive(collector, 2)
  const [first = assert.fail(), second = assert.fail()] = collector.received
  assert.deepEqual(first.body, second.body)
  const waitedMs = second.timeMs - first.timeMs
  // The time is that of the export, not of the attempt.
  const times = [first, second].map(({ headers }) => timeoutOf(headers['grpc-timeout'])) as [number, number]
  assert.ok(times[0] <= 6000 && times[1] > 0 && times[0] - times[1] >= 400, times.join())
  return waitedMs
}

describe('an export by gRPC, within its time,', { concurrency: 8 }, () => {
  for (const [code, status] of Object.entries(RETRYABLE)) {
    it(`is sent again after ${code}, which is not said`, async () => {
      const collector = new GrpcCollector()
      const fault = once({ 'grpc-status': String(status) })
      await runApp({ collector, fault, intervalMs: 4000 }, async (app) => {
        await waitBeforeRetry(collector)
        await exportsArrive(collector, 3)
        assertNothingSaid(app)
        assert.equal(collector.connections, 1)
      })
    })
  }

  it('waits for as long as RetryInfo says', async () => {
    const collector = new GrpcCollector()
    const fault = once({ 'grpc-status': '8', 'grpc-status-details-bin': retryInfo(2) })
    await runApp({ collector, fault, intervalMs: 6000 }, async (app) => {
      // A timer may be a millisecond early. Without the information there would be no retry.
      const waitedMs = await waitBeforeRetry(collector)
      assert.ok(waitedMs > 1990, `waited for ${waitedMs} ms`)
      assertNothingSaid(app)
    })
  })

  for (const [code, status] of Object.entries(FINAL)) {
    it(`is not sent again after ${code}, but the next one is sent`, async () => {
      const collector = new GrpcCollector()
      const fault = once({ 'grpc-status': String(status) })
      await runApp({ collector, fault, intervalMs: 2000 }, async (app) => {
        await exportsArrive(collector, 2)
        const [first = assert.fail(), second = assert.fail()] = collector.received
        // Its points have other times.
        assert.notDeepEqual(first.body, second.body)
        await app.line(new RegExp(`responded with ${code}`), 'stderr')
        await app.line(/metrics are sent to \S+ again$/, 'stderr')
      })
    })
  }

  for (const [what, end] of Object.entries<(session: ServerHttp2Session) => void>({
    'says GOAWAY': (session) => session.goaway(),
    'says GOAWAY for a reason': (session) => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM),
    'ends its sessions': (session) => session.close(),
    'closes its connections': (session) => session.destroy(),
  })) {
    it(`goes over another connection when the collector ${what} between two exports, which is not said`, async () => {
      const collector = new GrpcCollector()
      await runApp({ collector, intervalMs: 500 }, async (app) => {
        await exportsArrive(collector, 1)
        const before = descriptorsOf(app)
        for (let i = 0; i < 3; i++) {
          collector.turn()
          await exportsArrive(collector, 2)
          for (const session of collector.sessions) end(session)
          collector.turn()
          await exportsArrive(collector, 2)
          assert.equal(collector.connections, 1)
        }
        await until(() => descriptorsOf(app) <= before || undefined)
        assertNothingSaid(app)
      })
    })
  }

  it('goes over another connection at once when the collector closes the one that is used again', async () => {
    const collector = new GrpcCollector()
    const fault: GrpcFault = {
      called(stream, ofConnection) {
        if (ofConnection > 1) stream.session?.destroy()
        else accept(stream)
      },
    }
    await runApp({ collector, fault, intervalMs: 1000 }, async (app) => {
      await until(() => collector.connections >= 4 || undefined)
      assertNothingSaid(app)
    })
  })

  it('goes over another connection after a flood of pings, which is not said', async () => {
    const collector = new GrpcCollector()
    await runApp({ collector, intervalMs: 1000 }, async (app) => {
      await exportsArrive(collector, 1)
      const [session] = collector.sessions
      const flood = setInterval(() => {
        for (let i = 0; i < 9 && session?.destroyed === false; i++) session.ping(() => {})
      }, 1)
      await until(() => session?.destroyed || undefined)
      clearInterval(flood)
      collector.turn()
      await exportsArrive(collector, 2)
      assertNothingSaid(app)
    })
  })

  it('keeps no process alive that is done as it waits', async () => {
    const collector = new GrpcCollector()
    const fault = once({ 'grpc-status': '14', 'grpc-status-details-bin': retryInfo(2) })
    await runApp({ collector, fault, intervalMs: 3000 }, () => exportsArrive(collector, 1))
    assert.equal(collector.requests, 1)
  })

  it('has the header fields of gRPC, and no others', async () => {
    const collector = new GrpcCollector()
    await runApp({ collector, intervalMs: 500 }, async () => {
      await exportsArrive(collector, 1)
      const { 'grpc-timeout': timeout, 'user-agent': agent, ...headers } = collector.received[0]?.headers ?? {}
      assert.ok(timeoutOf(timeout) <= 500)
      assert.match(String(agent), /^agentgateway-otel\/\d/)
      assert.deepEqual(
        { ...headers },
        {
          ':authority': new URL(collector.url).host,
          ':method': 'POST',
          ':path': '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
          ':scheme': 'http',
          'content-type': 'application/grpc',
          'grpc-accept-encoding': 'identity,gzip',
          te: 'trailers',
          [sensitiveHeaders]: [],
        },
      )
    })
  })
})
