import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { type Prometheus, prometheusIsMissing, type Sample, startPrometheus } from '../e2e/real-prometheus.ts'
import { demoEnv } from '../harness/environment.ts'

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const GATEWAY = 'dashboard'
const DEADLINE_MS = 30_000

const dashboard = JSON.parse(
  readFileSync(new URL('../../packages/dashboards/agentgateway-otel.json', import.meta.url), 'utf8'),
)
const panels: readonly Panel[] = dashboard.panels.filter(({ targets }: Panel) => targets !== undefined)

describe('the dashboard, over a real Prometheus that scrapes the demo', { skip: prometheusIsMissing() }, () => {
  let demo: Demo
  let prometheus: Prometheus
  let isDone = false
  let traffic: Promise<void>

  before(async () => {
    demo = await start({ env: demoEnv(GATEWAY) })
    prometheus = await startPrometheus(`
scrape_configs:
  - job_name: agentgateway
    scrape_interval: 500ms
    static_configs:
      - targets: ['${new URL(demo.metricsUrl).host}']
`)
    traffic = drive()
    // Should it fail, those who wait for its effects hear of it.
    traffic.catch(() => {})
  })
  after(async () => {
    isDone = true
    await prometheus?.stop()
    await traffic?.finally(() => demo.stop())
  })

  for (const { title, targets = [] } of panels) {
    for (const { expr, legendFormat } of targets) {
      it(`has finite data in “${title}”, ${legendFormat}`, async () => {
        const samples = await settled(
          expr,
          (found) => found.length > 0 && found.every(({ value }) => Number.isFinite(value)),
        )
        for (const { metric, value } of samples) {
          assert.ok(value >= 0, `${value}`)
          for (const [, label = ''] of legendFormat.matchAll(/{{(\w+)}}/g)) assert.ok(metric[label], `no ${label}`)
        }
      })
    }
  }

  it('shows the share of failed requests: all of a route that fails, none of one that does not', async () => {
    await settled(exprOf('Failed requests'), (samples) => {
      const share = (route: string) => samples.find(({ metric }) => metric.route === route)?.value
      return share('/error') === 1 && share('/health') === 0
    })
  })

  it('offers the gateways that there are', async () => {
    const { query, refresh } = dashboard.templating.list.find(({ name }: { name: string }) => name === 'gateway')
    const [, selector = '', label] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? []
    assert.equal(refresh, 2)
    const match = new URLSearchParams({ 'match[]': selector })
    const answer = await fetch(`${prometheus.url}/api/v1/label/${label}/values?${match}`)
    assert.deepEqual(((await answer.json()) as { data: string[] }).data, [GATEWAY])
  })

  /** A rate needs a series to grow between two scrapes, so the traffic goes on for as long as it is looked at. */
  async function drive(): Promise<void> {
    while (!isDone) {
      for (const step of STEPS) await step.run(demo)
      await demo.proxy.quiet()
      await wait(200)
    }
  }

  /** What Prometheus answers, once it is as it should be. */
  async function settled(expr: string, isRight: (samples: Sample[]) => boolean): Promise<Sample[]> {
    const promql = withoutVariables(expr)
    const deadline = performance.now() + DEADLINE_MS
    for (;;) {
      const samples = await prometheus.query(promql)
      if (isRight(samples)) return samples
      if (performance.now() > deadline) throw new Error(`${promql} gives ${JSON.stringify(samples)}`)
      await Promise.race([wait(200), traffic])
    }
  }
})

const exprOf = (title: string) => panels.find((panel) => panel.title === title)?.targets?.[0]?.expr ?? ''

/** As Grafana would send it. */
function withoutVariables(expr: string): string {
  const promql = expr.replaceAll('$gateway', GATEWAY).replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m')
  assert.doesNotMatch(promql, /\$/)
  return promql
}
