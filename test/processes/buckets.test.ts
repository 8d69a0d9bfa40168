import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, metricsOf } from '../otlp/export-request.ts'
import { createDeployment, DEBUG, type Deployment, JOINED, requests, sendRequest, startServer } from './deployment.ts'

const BUCKETS = { AGENTGATEWAY_BUCKETS: 'request_duration_seconds=0.25,100; agentgateway_request_size_bytes=0,1e3' }
const [DURATION, SIZE, RESPONSE] = [METRICS.requestDuration, METRICS.requestSize, METRICS.responseSize]

const boundsOf = (families: Families, { name }: { readonly name: string }) =>
  (families.get(name)?.samples ?? []).flatMap(({ labels }) => labels.le ?? [])

describe('the buckets of AGENTGATEWAY_BUCKETS', () => {
  const received: ExportRequest[] = []
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let deployment: Deployment
  before(async () => {
    collector = await startOtlpCollector({ onMetrics: (metrics) => received.push(metrics as ExportRequest) })
  })
  after(() => collector.close())
  beforeEach(async () => {
    deployment = await createDeployment()
  })
  afterEach(() => deployment.clear())

  const start = (env: Readonly<Record<string, string>>) =>
    startServer(deployment, { env: { OTEL_SERVICE_NAME: 'shop', ...DEBUG, ...env } })

  it('are those of a scrape and of exports by OTLP, and other histograms have those of the table', async () => {
    const server = await start({
      ...BUCKETS,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
    })
    await sendRequest(server.port)
    const families = await deployment.scrapeUntil((now) => requests(now) === 1)
    assert.deepEqual(boundsOf(families, DURATION), ['0.25', '100', '+Inf'])
    assert.deepEqual(boundsOf(families, SIZE), ['0', '1000', '+Inf'])
    assert.equal(boundsOf(families, RESPONSE).length, RESPONSE.buckets.length + 1)
    const sent = await until(() => {
      const histograms = received.flatMap(metricsOf).filter(({ histogram }) => histogram)
      const bounds = histograms.map(({ name, histogram }) => [name, histogram?.dataPoints[0]?.explicitBounds] as const)
      return bounds.length > 0 ? Object.fromEntries(bounds) : undefined
    })
    assert.deepEqual(
      [sent[DURATION.name], sent[SIZE.name]],
      [
        [0.25, 100],
        [0, 1000],
      ],
    )
    assert.deepEqual(sent[RESPONSE.name], [...RESPONSE.buckets])
    assert.doesNotMatch(server.stderr(), /BUCKETS/)
  })

  it('are summed over processes that have the same', async () => {
    const leader = await start(BUCKETS)
    const follower = await start(BUCKETS)
    await follower.line(JOINED, 'stderr')
    for (const { port } of [leader, follower]) await sendRequest(port)
    const families = await deployment.scrapeUntil((now) => sumOf(now, `${DURATION.name}_count`) === 2)
    assert.equal(sumOf(families, `${DURATION.name}_bucket`, { le: '100' }), 2)
    assert.equal(requests(families), 2)
    assert.doesNotMatch(leader.stderr(), /BUCKETS/)
  })

  it('of a process that has others are left out of the sums, while all else is summed, and one line says so', async () => {
    const leader = await start(BUCKETS)
    // As many buckets as the leader has, so that only their bounds differ.
    const follower = await start({ AGENTGATEWAY_BUCKETS: 'request_duration_seconds=7,8;request_size_bytes=0,1000' })
    await follower.line(JOINED, 'stderr')
    for (const { port } of [leader, follower]) await sendRequest(port)
    const families = await deployment.scrapeUntil((now) => requests(now) === 2)
    assert.equal(sumOf(families, `${DURATION.name}_count`), 1)
    assert.deepEqual(boundsOf(families, DURATION), ['0.25', '100', '+Inf'])
    assert.equal(sumOf(families, `${SIZE.name}_count`), 2)
    await deployment.scrape()
    const lines = leader.stderr().match(/^agentgateway-otel: .*AGENTGATEWAY_BUCKETS.*$/gm)
    assert.deepEqual(lines, [
      `agentgateway-otel: process ${follower.child.pid} has other buckets than this one, so these histograms are served without them: ${DURATION.name}; set AGENTGATEWAY_BUCKETS alike in all processes of an app`,
    ])
  })
})
