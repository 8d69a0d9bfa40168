import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { prometheusIsMissing, startPrometheus } from '../e2e/real-prometheus.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { createSite, pause, type Running, requests, type Site } from './app.ts'
import { startLoad } from './load.ts'
import { watchFalls } from './watch.ts'

const WORKERS = 8

describe('a cluster of eight workers', () => {
  let site: Site
  let primary: Running
  let port: number

  before(async () => {
    site = await createSite()
    primary = site.node('cluster.js', [String(WORKERS)])
    port = Number((await primary.line(/^ready (\d+)/))[1])
  })
  after(() => site.clear())

  it('is one app to a scrape: each request once, whoever served it, and every open connection', async () => {
    const load = startLoad(() => port, WORKERS)
    while (new Set(load.answers.map(({ pid }) => pid)).size < WORKERS) await pause(10)
    // The connections are still open.
    const open = await site.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') >= WORKERS)
    assert.ok(sumOf(open, 'agentgateway_connections_total') >= WORKERS)
    await load.stop()
    const families = await site.scrapeUntil((now) => requests(now) >= load.answers.length)
    assert.equal(requests(families), load.answers.length)
    await site.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') === 0)
    assert.match(primary.stderr(), /^agentgateway-otel: [^\n]*metrics on http:[^\n]*\n$/)
  })

  it('loses and doubles nothing when all workers are replaced under load, as the real Prometheus has it', {
    skip: prometheusIsMissing(),
  }, async () => {
    const before = requests(await site.scrape())
    const prometheus = await startPrometheus(config(site.port))
    const watch = watchFalls(site)
    try {
      await seen(before)
      const load = startLoad(() => port, WORKERS)
      primary.child.stdin?.write('restart\n')
      await primary.line(/^restarted/)
      await load.stop()
      const driven = load.answers.length
      assert.ok(driven > 100)
      await site.scrapeUntil((now) => sumOf(now, NAME, { status: '200' }) >= before + driven)
      await watch.stop()
      assert.equal(sumOf(await site.scrape(), NAME, { status: '200' }), before + driven)
      await seen(before + driven)
      for (const kind of [
        '',
        'agentgateway_request_duration_seconds_count',
        'agentgateway_request_duration_seconds_sum',
      ]) {
        assert.deepEqual(await values(`resets(${kind || NAME}{status="200"}[5m])`), [0])
      }
      // What increase() adds at the ends of its range, where it has no samples: less than an interval each.
      const [increase = 0] = await values(`increase(${NAME}{status="200"}[1m])`)
      const [count = 0] = await values(`count_over_time(${NAME}{status="200"}[1m])`)
      assert.ok(Math.abs(increase - driven) <= (driven * 2) / (count - 1), `increase ${increase}, driven ${driven}`)
    } finally {
      await prometheus.stop()
    }

    async function values(query: string): Promise<number[]> {
      return (await prometheus.query(query)).map(({ value }) => value)
    }

    async function seen(total: number): Promise<void> {
      for (const deadline = performance.now() + 30_000; ; await pause(50)) {
        const [value] = await values(`${NAME}{status="200"}`)
        if (value === total) return
        assert.ok(performance.now() < deadline, `Prometheus has ${value} instead of ${total}`)
      }
    }
  })
})

const NAME = 'agentgateway_requests_total'

const config = (port: number) => `
scrape_configs:
  - job_name: app
    scrape_interval: 200ms
    scrape_timeout: 200ms
    static_configs:
      - targets: ['127.0.0.1:${port}']
`
