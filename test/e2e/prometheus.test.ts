import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS, LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { parseDocument } from 'yaml'
import { expectedSeries, METRIC_NAMES, type Series } from '../../examples/agent/expected.js'
import { type Demo, start } from '../../examples/agent/start.js'
import { FAILURES, ROUNDS_PER_FAILURE, STEPS, trickle } from '../../examples/agent/traffic.js'
import { demoEnv } from '../harness/environment.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus, type VectorSample } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'

const CONFIG = fileURLToPath(new URL('../../examples/prometheus/prometheus.yml', import.meta.url))
const GATEWAY = 'e2e'

describe('a real Prometheus that scrapes a real app', { skip: prometheusIsMissing() }, () => {
  let demo: Demo
  let prometheus: Prometheus
  let startedMs: number
  let beforeTrickle: readonly Series[]

  before(async () => {
    startedMs = performance.now()
    demo = await start({ env: demoEnv(GATEWAY) })
    prometheus = await startPrometheus(await shortenedConfig(new URL(demo.metricsUrl).host))
    for (const step of STEPS) await step.run(demo)
    // The provider notices a client that leaves after the proxy does.
    await until(() => demo.provider?.ledger.every(({ outcome }) => outcome !== 'open') || undefined)
    beforeTrickle = expected()
    for (let round = 0; round < FAILURES.length * ROUNDS_PER_FAILURE; round++) await trickle(demo)
    await demo.proxy.quiet()
    assert.deepEqual(demo.proxy.failures, [])
  })
  after(async () => {
    await prometheus?.stop()
    await demo?.stop()
  })

  it('is driven by traffic that moves every default metric', () => {
    assert.deepEqual([...METRIC_NAMES].sort(), DEFAULT_METRICS.map(({ name }) => name).sort())
    assert.deepEqual(new Set(expected().map(({ metric }) => metric)), new Set(METRIC_NAMES))
  })

  it('is driven by a trickle that has each failure once in its rounds', () => {
    const sum = (series: readonly Series[], metric: string, labels: Readonly<Record<string, string>>) =>
      series
        .filter(
          (one) => one.metric === metric && Object.keys(labels).every((name) => one.labels[name] === labels[name]),
        )
        .reduce((sum, { value }) => sum + value, 0)
    const added = (metric: string, labels: Readonly<Record<string, string>>) =>
      sum(expected(), metric, labels) - sum(beforeTrickle, metric, labels)
    const { requests, mcpRequests, llmRequests } = METRICS
    assert.equal(added(llmRequests.name, { gen_ai_request_model: 'gpt-5-mini', error_type: '429' }), 1)
    assert.equal(added(llmRequests.name, { gen_ai_request_model: 'claude-haiku-4-5', error_type: '429' }), 1)
    assert.equal(added(llmRequests.name, { error_type: '404' }), 1)
    assert.equal(added(llmRequests.name, { error_type: 'aborted' }), 1)
    assert.equal(added(llmRequests.name, { usage: 'missing' }), 1)
    for (const role of ['server', 'client']) {
      assert.equal(added(mcpRequests.name, { method: 'tools/call', role, status: 'error' }), 1)
    }
    assert.equal(added(requests.name, { route: '/events', status: '499' }), 1)
    assert.equal(added(requests.name, { route: '/error', status: '500' }), 1)
  })

  for (const { name, kind, labels } of DEFAULT_METRICS) {
    it(`stores for each series of ${name} the number that the driver counted`, async () => {
      // Prometheus drops a label that is empty.
      const known = ['__name__', 'instance', 'job', 'gateway', ...LABEL_SETS[labels].map(([label]) => label)]
      for (const { metric } of await storedSeries(name, kind)) {
        assert.deepEqual(
          Object.keys(metric).filter((label) => !known.includes(label)),
          [],
        )
        assert.equal(metric.gateway, GATEWAY)
        assert.equal(metric.job, 'agentgateway')
      }
    })
  }

  it('scrapes an exposition that promtool accepts without a warning', async () => {
    const scraped = await (await fetch(demo.metricsUrl)).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: scraped, encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
    assert.equal(stdout + stderr, '')
  })

  it('accepts the configuration in examples/prometheus', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', CONFIG], { encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
  })

  function expected(): Series[] {
    assert.ok(demo.provider)
    return expectedSeries({ proxy: demo.proxy, provider: demo.provider, appPort: demo.appPort })
  }

  /** Waits until Prometheus has stored the series that are expected, and returns them. */
  async function storedSeries(name: string, kind: string): Promise<VectorSample[]> {
    let difference: unknown
    return until(
      async () => {
        const isHistogram = kind === 'histogram'
        const series = await prometheus.query(isHistogram ? `${name}_count` : name)
        const sums = isHistogram ? await prometheus.query(`${name}_sum`) : []
        try {
          assertAsExpected(name, isHistogram, series, sums)
          return series
        } catch (error) {
          difference = error
          return undefined
        }
      },
      () => String(difference),
      100,
    )
  }

  function assertAsExpected(
    name: string,
    isHistogram: boolean,
    series: readonly VectorSample[],
    sums: readonly VectorSample[],
  ): void {
    const wanted = expected().filter(({ metric }) => metric === name)
    const describe = (samples: readonly VectorSample[]) =>
      samples.map(({ metric, value }) => `${seriesName(metric)} ${value}`).sort()
    assert.deepEqual(describe(series), wanted.map(({ labels, value }) => `${seriesName(labels)} ${value}`).sort())
    const known = wanted.filter(({ sum }) => sum !== undefined)
    if (known.length > 0) {
      assert.deepEqual(describe(sums), known.map(({ labels, sum }) => `${seriesName(labels)} ${sum}`).sort())
    } else if (isHistogram) {
      const elapsedSeconds = (performance.now() - startedMs) / 1000
      for (const { labels, value } of wanted) {
        const sum = sums.find(({ metric }) => seriesName(metric) === seriesName(labels))?.value ?? 0
        assert.ok(sum > 0 && sum <= value * elapsedSeconds, `${seriesName(labels)} took ${sum} s`)
      }
    }
  }
})

/** A name of the series, from the labels of the table. */
function seriesName(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(([name, value]) => !/^(__name__|gateway|instance|job)$/.test(name) && value)
  return own
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ')
}

/** The configuration of the example, with another target and a shorter interval. */
async function shortenedConfig(target: string): Promise<string> {
  const config = parseDocument(await readFile(CONFIG, 'utf8'))
  const job = ['scrape_configs', 0]
  assert.equal(config.getIn([...job, 'job_name']), 'agentgateway')
  assert.equal(config.getIn([...job, 'scrape_interval']), '15s')
  assert.equal(config.getIn([...job, 'static_configs', 0, 'targets', 0]), 'localhost:15020')
  config.setIn([...job, 'scrape_interval'], '1s')
  config.setIn([...job, 'static_configs', 0, 'targets', 0], target)
  return String(config)
}
