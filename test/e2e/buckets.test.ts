import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { MAX_BOUNDARIES, METRICS } from '@agentgateway-otel/metrics'
import { startApp } from '../harness/app.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import {
  createDeployment,
  DEBUG,
  type Deployment,
  JOINED,
  requests,
  sendRequest,
  startServer,
} from '../processes/deployment.ts'

const APP = new URL('../processes/apps/server.cjs', import.meta.url)
const DURATION = METRICS.requestDuration.name
const SIZE = METRICS.responseSize.name

/** The different upper bounds of a histogram's buckets, in the order of the text. */
const boundsOf = (families: Families, name: string) => [
  ...new Set(
    families
      .get(name)
      ?.samples.filter((sample) => sample.name === `${name}_bucket`)
      .map(({ labels }) => labels.le),
  ),
]

const countOf = (families: Families, name: string) => sumOf(families, `${name}_count`)

const many = Array.from({ length: MAX_BOUNDARIES }, (_, i) => i + 1)

describe('AGENTGATEWAY_BUCKETS', () => {
  it('sets the buckets of the histograms that it names, in scrapes and by OTLP', async () => {
    const sent: string[] = []
    const collector = await startOtlpCollector({ onMetrics: (message) => sent.push(JSON.stringify(message)) })
    const app = await startApp(APP, {
      env: {
        AGENTGATEWAY_BUCKETS: `request_duration_seconds=0.5, 1e1,30.25 ; ${SIZE}=${many}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '100',
      },
    })
    try {
      await sendRequest(Number(app.ready))
      const families = await app.metricsWhen((now) => requests(now) === 1)
      assert.deepEqual(boundsOf(families, DURATION), ['0.5', '10', '30.25', '+Inf'])
      assert.deepEqual(boundsOf(families, SIZE), [...many.map(String), '+Inf'])
      assert.deepEqual(boundsOf(families, METRICS.requestSize.name), [
        ...METRICS.requestSize.buckets.map(String),
        '+Inf',
      ])
      const isSent = (boundaries: readonly number[]) =>
        sent.some((text) => text.includes(`"explicitBounds":${JSON.stringify(boundaries)}`))
      await until(() => isSent([0.5, 10, 30.25]) && isSent(many) && isSent(METRICS.requestSize.buckets))
      assert.doesNotMatch(app.stderr(), /BUCKETS/)
    } finally {
      await app.stop()
      await collector.close()
    }
  })

  describe('in an app of several processes', () => {
    let deployment: Deployment
    beforeEach(async () => {
      deployment = await createDeployment()
    })
    afterEach(() => deployment.clear())

    const start = (buckets: string) =>
      startServer(deployment, { env: { OTEL_SERVICE_NAME: 'shop', AGENTGATEWAY_BUCKETS: buckets, ...DEBUG } })

    it('sets the buckets of the sums, to which a process that ended still counts', async () => {
      const buckets = `request_duration_seconds=0.5,10;response_size_bytes=${many}`
      const leader = await start(buckets)
      await leader.line(/metrics on http/, 'stderr')
      const follower = await start(buckets)
      await follower.line(JOINED, 'stderr')
      for (const { port } of [leader, follower]) await sendRequest(port)
      await deployment.scrapeUntil((now) => requests(now) === 2)
      await leader.stop('SIGTERM')
      const families = await deployment.scrapeUntil((now) => requests(now) === 2)
      assert.deepEqual([countOf(families, DURATION), countOf(families, SIZE)], [2, 2])
      assert.deepEqual(boundsOf(families, DURATION), ['0.5', '10', '+Inf'])
      assert.deepEqual(boundsOf(families, SIZE), [...many.map(String), '+Inf'])
      assert.doesNotMatch(leader.stderr() + follower.stderr(), /BUCKETS/)
    })

    for (const other of ['0.5,11', '0.5', '0.5,10,11']) {
      it(`adds up no counts of different buckets, 0.5,10 and ${other}, and says so once`, async () => {
        const leader = await start('request_duration_seconds=0.5,10')
        await leader.line(/metrics on http/, 'stderr')
        const follower = await start(`request_duration_seconds=${other}`)
        await follower.line(JOINED, 'stderr')
        await sendRequest(leader.port)
        for (let i = 0; i < 2; i++) await sendRequest(follower.port)
        const families = await deployment.scrapeUntil((now) => requests(now) === 3)
        assert.deepEqual([countOf(families, DURATION), countOf(families, SIZE)], [1, 3])
        await deployment.scrape()
        const lines = leader.stderr().match(/.*AGENTGATEWAY_BUCKETS.*/g) ?? []
        assert.deepEqual(lines, [
          `agentgateway-otel: process ${follower.child.pid} has other buckets of ${DURATION} than process ${leader.child.pid}, which serves the sums; they leave out what cannot be added; set AGENTGATEWAY_BUCKETS to the same value for all processes of an app`,
        ])

        // The other process takes over, and serves its own counts instead.
        await leader.stop('SIGTERM')
        const after = await deployment.scrapeUntil((now) => requests(now) === 3)
        assert.deepEqual([countOf(after, DURATION), countOf(after, SIZE)], [2, 3])
        assert.deepEqual(boundsOf(after, DURATION), [...other.split(','), '+Inf'])
      })
    }
  })
})
