import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PRELOADS, run } from '../faults/run.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { type ExportRequest, labelsOf, samplesOf } from './export-request.ts'

const JOB = fileURLToPath(new URL('apps/job.mjs', import.meta.url))
const [IMPORT, REQUIRE] = PRELOADS

/** Far less than the time-outs that these tests set, and far more than an export takes. */
const SOON_MS = 60_000

const LONG = {
  OTEL_METRIC_EXPORT_INTERVAL: '200000',
  OTEL_METRIC_EXPORT_TIMEOUT: '150000',
  OTEL_EXPORTER_OTLP_TIMEOUT: '150000',
}

/** The calls that an export says were counted since the start, or for delta temporality since the one before. */
const callsIn = (request: ExportRequest) =>
  samplesOf(request)
    .filter(({ name }) => name === 'agentgateway_llm_requests_total')
    .reduce((sum, { value }) => sum + value, 0)

const instanceOf = ({ resourceMetrics }: ExportRequest) =>
  labelsOf(resourceMetrics[0]?.resource.attributes ?? [])['service.instance.id']

describe('a job', () => {
  const received: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
  })
  after(() => collector.close())
  afterEach(() => void received.splice(0))

  const runJob = (job: string, env: Readonly<Record<string, string>> = {}, flags: readonly string[] = IMPORT) =>
    run([...flags, JOB, job], {
      env: { AGENTGATEWAY_EXPORTERS: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...LONG, ...env },
    })

  for (const [job, exports] of [
    ['counts a call', [1]],
    ['awaits at its top level', [1]],
    ['sets its exit code', [1]],
    ['calls process.exit', []],
    ['throws an exception', []],
    ['awaits what never comes', [1]],
    ['has listeners of its end', [1, 2, 3]],
    ['emits the events of its end', [1]],
  ] as const) {
    it(`that ${job} ends as without the preload, after ${exports.length} exports when its event loop is dry`, async () => {
      const without = await run([JOB, job])
      const { code, stdout } = await runJob(job)
      assert.deepEqual({ code, stdout }, { code: without.code, stdout: without.stdout })
      assert.deepEqual(received.map(callsIn), exports)
    })
  }

  it('that is started with --require has a last export, too', async () => {
    await runJob('counts a call', {}, REQUIRE)
    assert.deepEqual(received.map(callsIn), [1])
  })

  it('that serves /metrics too has a last export', async () => {
    await runJob('counts a call', { AGENTGATEWAY_EXPORTERS: 'prometheus,otlp' })
    assert.deepEqual(received.map(callsIn), [1])
  })

  it('by gRPC and with delta temporality sends in its last exports what each round has counted', async () => {
    await runJob('has listeners of its end', {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpcEndpoint,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    })
    assert.deepEqual(received.map(callsIn), [1, 1, 1])
  })

  it('with a thread has last exports of both, each as an instance of its own', async () => {
    await runJob('has a thread')
    assert.deepEqual(received.map(callsIn), [1, 1])
    assert.equal(new Set(received.map(instanceOf)).size, 2)
  })

  it('has no last export with AGENTGATEWAY_EXPORT_AT_END=false', async () => {
    await runJob('counts a call', { AGENTGATEWAY_EXPORT_AT_END: 'false' })
    assert.deepEqual(received, [])
  })

  it('that flushes has sent what it counted when the promise resolves, and calls that come together share an export', async () => {
    const { code, stdout } = await runJob('flushes', { AGENTGATEWAY_EXPORT_AT_END: 'false' })
    assert.deepEqual([code, stdout], [0, 'flushed\n'])
    assert.deepEqual(received.map(callsIn), [1, 2])
  })

  it('that flushes goes on where nothing is sent by OTLP', async () => {
    for (const outcome of [
      await run([JOB, 'flushes']),
      await run([...IMPORT, JOB, 'flushes'], { env: { AGENTGATEWAY_EXPORTERS: 'prometheus' } }),
    ])
      assert.deepEqual([outcome.code, outcome.stdout], [0, 'flushed\n'])
  })

  it('goes on and ends soon when the collector cannot be reached', async () => {
    const unreachable = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` }
    const startMs = performance.now()
    const ended = await runJob('sets its exit code', unreachable)
    assert.equal(ended.code, 3)
    assert.match(
      ended.stderr,
      /:\d+\S* has not accepted the last export within 2000 ms \(connect ECONNREFUSED \S+\), so its metrics are lost\n/,
    )
    const flushed = await runJob('flushes', { ...unreachable, OTEL_EXPORTER_OTLP_TIMEOUT: '1000' })
    assert.deepEqual([flushed.code, flushed.stdout], [0, 'flushed\n'])
    assert.ok(performance.now() - startMs < SOON_MS)
  })

  it('goes on and ends soon when the collector never responds', async () => {
    const sockets = new Set<net.Socket>()
    const server = net.createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const silent = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const startMs = performance.now()
    const ended = await runJob('sets its exit code', silent)
    assert.equal(ended.code, 3)
    const flushed = await runJob('flushes', { ...silent, OTEL_EXPORTER_OTLP_TIMEOUT: '1000' })
    assert.deepEqual([flushed.code, flushed.stdout], [0, 'flushed\n'])
    assert.ok(performance.now() - startMs < SOON_MS)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
})
