import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { NODE } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus, type VectorSample } from '../harness/real-prometheus.ts'

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

interface Variable {
  readonly name: string
  readonly type: string
  readonly allValue: string
  readonly query: { readonly query: string }
}

interface Annotation {
  readonly name: string
  readonly expr: string
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
  readonly annotations: { readonly list: readonly Annotation[] }
}

const GATEWAY = 'dashboard'
const FOLDER = fileURLToPath(new URL('../../packages/dashboards/', import.meta.url))
const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))

const RULES = readFileSync(join(FOLDER, 'agentgateway-otel.rules.yaml'), 'utf8')

const dashboards = ['agentgateway-otel.json', 'agentgateway-proxy.json'].map((file) => ({
  file,
  dashboard: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard,
}))

describe('the dashboards and the rules, over a real Prometheus that scrapes the demo', {
  skip: prometheusIsMissing(),
}, () => {
  let demo: Demo
  let prometheus: Prometheus
  let isDone = false
  let traffic: Promise<void>
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))

  before(async () => {
    demo = await start({
      env: {
        ...demoEnv(GATEWAY),
        AGENTGATEWAY_METRICS: 'proxy',
        // The models of OpenAI that the demo's local provider has get their prices.
        AGENTGATEWAY_LLM_HOSTS: '127.0.0.1=openai',
      },
    })
    const { stdout: prices } = spawnSync(NODE, [CLI, 'rules', '--prices', '--systems', 'openai'], { encoding: 'utf8' })
    writeFileSync(join(folder, 'rules.yaml'), RULES)
    writeFileSync(join(folder, 'prices.yaml'), prices.replace('interval: 1m', 'interval: 500ms'))
    prometheus = await startPrometheus(`
global:
  evaluation_interval: 500ms
rule_files: ['${folder}/*.yaml']
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
    rmSync(folder, { recursive: true })
    await traffic?.finally(() => demo.stop())
  })

  for (const { file, dashboard } of dashboards) {
    for (const { title, targets = [] } of dashboard.panels) {
      for (const { expr, legendFormat } of targets) {
        it(`${file} has finite data in the panel “${title}”, ${legendFormat}`, async () => {
          const samples = await queryUntil(
            withoutVariables(dashboard, expr),
            (found) => found.length > 0 && found.every(({ value }) => Number.isFinite(value)),
          )
          for (const { metric, value } of samples) {
            assert.ok(value >= 0, `${value}`)
            for (const [, label = ''] of legendFormat.matchAll(/{{(\w+)}}/g)) assert.ok(metric[label], `no ${label}`)
          }
        })
      }
    }

    it(`${file} offers what there is of each variable`, async () => {
      const offered: Record<string, readonly string[]> = {}
      for (const { name, type, query } of dashboard.templating.list) {
        if (type === 'query') offered[name] = await labelValues(withoutVariables(dashboard, query.query))
      }
      const { job, namespace, gateway, instance, route, model, server } = offered
      assert.deepEqual([job, namespace, gateway], [['agentgateway'], [], [GATEWAY]])
      assert.deepEqual(instance, [new URL(demo.metricsUrl).host])
      assert.ok(route?.includes('/users/:id') && model?.includes('gpt-5-mini') && server?.includes('weather'))
    })

    it(`${file} shows only what is chosen`, async () => {
      const byRoute = dashboard.panels.find(({ title }) => title.startsWith('Requests by '))?.targets?.[0]?.expr ?? ''
      for (const [choice, isShown] of [
        ['/health', true],
        ['/no/such/route', false],
      ] as const) {
        const expr = withoutVariables(dashboard, byRoute.replaceAll('$route', choice))
        await queryUntil(expr, (found) => found.length > 0 === isShown)
      }
    })
  }

  it('shows all requests of a route that fails as failed, and leaves out those that succeed', async () => {
    const [main] = dashboards
    const expr =
      main?.dashboard.panels.find(({ title }) => title === 'Failed requests by route')?.targets?.[0]?.expr ?? ''
    await queryUntil(withoutVariables(main?.dashboard, expr), (samples) => {
      const share = (route: string) => samples.find(({ metric }) => metric.route === route)?.value
      return share('/error') === 1 && share('/health') === undefined
    })
  })

  it('says when the demo started', async () => {
    const expr = dashboards[0]?.dashboard.annotations.list.find(({ name }) => name === 'Restarts')?.expr ?? ''
    const response = await fetch(
      `${prometheus.url}/api/v1/query_range?${new URLSearchParams({
        query: withoutVariables(dashboards[0]?.dashboard, expr),
        start: String(Date.now() / 1000 - 600),
        end: String(Date.now() / 1000),
        step: '1s',
      })}`,
    )
    const { data } = (await response.json()) as { data: { result: { metric: Record<string, string> }[] } }
    assert.deepEqual(
      data.result.map(({ metric }) => metric.gateway),
      [GATEWAY],
    )
  })

  it('records every rule without an error', async () => {
    const names: string[] = parse(RULES).groups.flatMap(({ rules }: { rules: { record?: string }[] }) =>
      rules.flatMap(({ record }) => record ?? []),
    )
    for (const name of names) await queryUntil(name, (found) => found.length > 0)
    const response = await fetch(`${prometheus.url}/api/v1/rules`)
    const { data } = (await response.json()) as { data: { groups: { rules: { name: string; health: string }[] }[] } }
    for (const { name, health } of data.groups.flatMap(({ rules }) => rules)) assert.equal(health, 'ok', name)
  })

  /** Traffic as long as the tests run: a rate needs a series that grows between two scrapes. */
  async function drive(): Promise<void> {
    while (!isDone) {
      for (const step of STEPS) await step.run(demo)
      // The agent's own call of a tool fails.
      const response = await fetch(`${demo.proxy.url}/agent/openai`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ city: 'Atlantis', question: 'What do I wear?' }),
      })
      await response.text()
      await demo.proxy.quiet()
      await wait(200)
    }
  }

  /** Evaluates an expression until its result is as wanted, or the traffic has ended. */
  const queryUntil = (expr: string, holds: (samples: VectorSample[]) => boolean) =>
    Promise.race([prometheus.queryUntil(expr, holds), traffic.then(() => assert.fail('no traffic'))])

  /** What `label_values(selector, label)` offers. */
  async function labelValues(query: string): Promise<readonly string[]> {
    const [, selector = '', label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? assert.fail(query)
    const match = new URLSearchParams({ 'match[]': selector })
    const response = await fetch(`${prometheus.url}/api/v1/label/${label}/values?${match}`)
    return ((await response.json()) as { data: string[] }).data
  }
})

/** The expression as Grafana sends it where all of each variable is chosen. */
function withoutVariables(dashboard: Dashboard | undefined, expr: string): string {
  let promql = expr.replaceAll('$__rate_interval', '1m').replaceAll('$__interval', '1m').replaceAll('$__range', '5m')
  for (const { name, allValue } of dashboard?.templating.list ?? []) promql = promql.replaceAll(`$${name}`, allValue)
  assert.doesNotMatch(promql, /\$/)
  return promql
}
