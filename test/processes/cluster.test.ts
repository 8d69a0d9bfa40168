import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { RunningProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { watchCounters } from './counter-watch.ts'
import { createDeployment, type Deployment, requests } from './deployment.ts'
import { startLoad } from './load.ts'

const WORKERS = 8
const REQUESTS = 'agentgateway_requests_total'

describe('a cluster of eight workers', () => {
  let deployment: Deployment
  let primary: RunningProcess
  let port: number

  before(async () => {
    deployment = await createDeployment()
    primary = deployment.node('cluster.js', [String(WORKERS)])
    port = Number((await primary.line(/^ready (\d+)/))[1])
  })
  after(() => deployment.clear())

  it('has every request counted once in one scrape, whichever worker served it, and every open connection', async () => {
    const load = startLoad(() => port, WORKERS)
    await load.servedBy(WORKERS)
    // The connections are still open.
    const open = await deployment.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') >= WORKERS)
    assert.ok(sumOf(open, 'agentgateway_connections_total') >= WORKERS)
    await load.stop()
    const families = await deployment.scrapeUntil((now) => requests(now) >= load.responses.length)
    assert.equal(requests(families), load.responses.length)
    await deployment.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') === 0)
    assert.match(primary.stderr(), /^agentgateway-otel: [^\n]*metrics on http:[^\n]*\n$/)
  })

  it('loses and doubles no request when all workers are replaced under load, as a real Prometheus sees it', {
    skip: prometheusIsMissing(),
  }, async () => {
    const before = requests(await deployment.scrape())
    const prometheus = await startPrometheus(config(deployment.port))
    const watch = watchCounters(deployment)
    try {
      await stored(before)
      const load = startLoad(() => port, WORKERS)
      primary.writeLine('restart')
      await primary.line(/^restarted/)
      await load.stop()
      const sent = load.responses.length
      assert.ok(sent > 100)
      await deployment.scrapeUntil((now) => sumOf(now, REQUESTS, { status: '200' }) >= before + sent)
      await watch.stop()
      assert.equal(sumOf(await deployment.scrape(), REQUESTS, { status: '200' }), before + sent)
      await stored(before + sent)
      for (const name of [
        REQUESTS,
        'agentgateway_request_duration_seconds_count',
        'agentgateway_request_duration_seconds_sum',
      ]) {
        assert.deepEqual(await values(`resets(${name}{status="200"}[5m])`), [0])
      }
      // `increase()` extrapolates at each end of its range, by less than an interval.
      const [increase = 0] = await values(`increase(${REQUESTS}{status="200"}[1m])`)
      const [count = 0] = await values(`count_over_time(${REQUESTS}{status="200"}[1m])`)
      assert.ok(Math.abs(increase - sent) <= (sent * 2) / (count - 1), `increase ${increase}, sent ${sent}`)
    } finally {
      await prometheus.stop()
    }

    async function values(query: string): Promise<number[]> {
      return (await prometheus.query(query)).map(({ value }) => value)
    }

    /** Waits until Prometheus has stored this total. */
    async function stored(total: number): Promise<void> {
      await prometheus.queryUntil(`${REQUESTS}{status="200"}`, ([sample]) => sample?.value === total)
    }
  })
})

const config = (port: number) => `
scrape_configs:
  - job_name: app
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs:
      - targets: ['127.0.0.1:${port}']
`
