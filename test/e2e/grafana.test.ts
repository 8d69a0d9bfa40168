import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { demoEnv } from '../harness/environment.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus, type VectorSample } from '../harness/real-prometheus.ts'

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const GATEWAY = 'dashboard'

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
    // A failure of the traffic fails whatever test waits for its effects.
    traffic.catch(() => {})
  })
  after(async () => {
    isDone = true
    await prometheus?.stop()
    await traffic?.finally(() => demo.stop())
  })

  for (const { title, targets = [] } of panels) {
    for (const { expr, legendFormat } of targets) {
      it(`has finite data in the panel “${title}”, ${legendFormat}`, async () => {
        const samples = await queryUntil(
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

  it('shows all requests of a route that fails as failed, and none of one that succeeds', async () => {
    await queryUntil(exprOf('Failed requests'), (samples) => {
      const share = (route: string) => samples.find(({ metric }) => metric.route === route)?.value
      return share('/error') === 1 && share('/health') === 0
    })
  })

  it('offers every gateway that has metrics', async () => {
    const { query, refresh } = dashboard.templating.list.find(({ name }: { name: string }) => name === 'gateway')
    const [, selector = '', label] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? []
    assert.equal(refresh, 2)
    const match = new URLSearchParams({ 'match[]': selector })
    const response = await fetch(`${prometheus.url}/api/v1/label/${label}/values?${match}`)
    assert.deepEqual(((await response.json()) as { data: string[] }).data, [GATEWAY])
  })

  /** Traffic as long as the tests run: a rate needs a series that grows between two scrapes. */
  async function drive(): Promise<void> {
    while (!isDone) {
      for (const step of STEPS) await step.run(demo)
      await demo.proxy.quiet()
      await wait(200)
    }
  }

  /** Evaluates an expression of the dashboard until its result is as wanted. */
  const queryUntil = (expr: string, holds: (samples: VectorSample[]) => boolean) =>
    Promise.race([prometheus.queryUntil(withoutVariables(expr), holds), traffic.then(() => assert.fail('no traffic'))])
})

const exprOf = (title: string) => panels.find((panel) => panel.title === title)?.targets?.[0]?.expr ?? ''

/** The expression as Grafana sends it, with the values of its variables. */
function withoutVariables(expr: string): string {
  const promql = expr.replaceAll('$gateway', GATEWAY).replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m')
  assert.doesNotMatch(promql, /\$/)
  return promql
}
