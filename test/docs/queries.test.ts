import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { METRICS, type MetricKey } from '@agentgateway-otel/metrics'
import { parse } from 'yaml'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { type App, NODE, startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus, type VectorSample } from '../harness/real-prometheus.ts'
import { exampleSeries } from './metrics-reference.ts'
import { startProxyPage } from './proxy-page.ts'

const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))

/** Documents whose queries each have to return data. */
const DOCUMENTS = ['metrics.md', 'promql.md', 'beside-the-proxy.md']

/** Queries that return no data of an app that is well, by what they contain. */
const EMPTY_WHILE_WELL = [
  { part: 'up{job="agentgateway"} == 0', reason: 'the app is up' },
  { part: '> on (gateway) group_left', reason: 'no instance fails more often than the others' },
]

const queriesOf = (document: string) =>
  Array.from(
    readFileSync(new URL(`../../docs/${document}`, import.meta.url), 'utf8').matchAll(/^```promql\n(.*?)\n```/gms),
    ([, query = '']) => query,
  )

describe('the queries in docs, in a real Prometheus that scrapes the demo', { skip: prometheusIsMissing() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'queries-'))
  let demo: Demo
  let proxy: Awaited<ReturnType<typeof startProxyPage>>
  let client: App
  let prometheus: Prometheus
  let isDone = false
  let traffic: Promise<void>

  before(async () => {
    demo = await start({ env: { ...demoEnv('shop'), AGENTGATEWAY_METRICS: 'genai,mcp,semconv,proxy,runtime' } })
    client = await startApp(new URL('./apps/ends-mcp-sessions.js', import.meta.url), {
      env: { AGENTGATEWAY_METRICS: 'semconv', MCP_URL: `${demo.appUrl}/mcp`, OTEL_SERVICE_NAME: 'shop' },
    })
    proxy = await startProxyPage()
    const rules = join(folder, 'prices.yml')
    writeFileSync(rules, priceRules())
    const { host } = new URL(demo.metricsUrl)
    const [clientHost = ''] = /(?<=\/\/)[^/]+/.exec(client.stderr()) ?? []
    // JSON is YAML.
    prometheus = await startPrometheus(
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        scrape_configs: [
          { job_name: 'agentgateway', static_configs: [{ targets: [host, clientHost] }] },
          { job_name: 'agentgateway-proxy', static_configs: [{ targets: [proxy.target] }] },
          // The same app once more, as if its calls to the local provider went to OpenAI, which has prices.
          {
            job_name: 'priced',
            static_configs: [{ targets: [host] }],
            metric_relabel_configs: [
              {
                source_labels: ['gen_ai_system'],
                regex: 'custom',
                target_label: 'gen_ai_system',
                replacement: 'openai',
              },
            ],
          },
        ],
      }),
    )
    traffic = drive()
    // A failure of the traffic fails whatever test waits for its effects.
    traffic.catch(() => {})
  })
  after(async () => {
    isDone = true
    await prometheus?.stop()
    await client?.stop()
    proxy?.close()
    await traffic?.finally(() => demo.stop())
    rmSync(folder, { recursive: true })
  })

  for (const document of DOCUMENTS) {
    for (const query of queriesOf(document)) {
      const reason = EMPTY_WHILE_WELL.find(({ part }) => query.includes(part))?.reason
      if (reason !== undefined) {
        it(`of ${document} is accepted, and empty because ${reason}: ${query.replace(/\s+/g, ' ')}`, async () => {
          assert.deepEqual(await prometheus.query(query), [])
        })
        continue
      }
      it(`of ${document} has finite data: ${query.replace(/\s+/g, ' ')}`, async () => {
        await queryUntil(query, (samples) => samples.some(({ value }) => Number.isFinite(value)))
      })
    }
  }

  for (const key of Object.keys(METRICS) as MetricKey[]) {
    const series = exampleSeries(key).replace(/ [^ ]*$/, '')
    it(`has the example of docs/metrics.md: ${series}`, async () => {
      const selector = series
        // The demo takes a free port, and the version is that of the day.
        .replace('bind="3000"', `bind="${demo.appPort}"`)
        .replace(/tag="[^"]*"/, 'tag=~".+"')
        // Bounds have two spellings.
        .replace(/,le="([^"]*)"/, ',le=~"$1([.]0)?"')
      const labels = [...selector.matchAll(/(\w+)=~?"([^"]*)"/g)].flatMap(([, label, value]) => (value ? [label] : []))
      const expected = ['__name__', 'instance', 'job', ...labels].sort().join()
      await queryUntil(selector, (samples) =>
        samples.some(({ metric }) => Object.keys(metric).sort().join() === expected),
      )
    })
  }

  it('counts a first failure, which increase alone does not', async () => {
    const first = queriesOf('promql.md').find((query) => query.includes('unless')) ?? assert.fail('no such query')
    const failure = `agentgateway_requests_total{job="agentgateway",status="501",route="/never",gateway="first"}`
    // A file of one series that begins at 1 and stays.
    const test = {
      evaluation_interval: '15s',
      tests: [
        {
          interval: '15s',
          input_series: [{ series: failure, values: '_x400 1x40' }],
          promql_expr_test: [
            { expr: first, eval_time: '101m', exp_samples: [{ labels: '{gateway="first",route="/never"}', value: 1 }] },
            { expr: 'increase(agentgateway_requests_total[5m]) > 0', eval_time: '101m', exp_samples: [] },
            { expr: `${first} > 0`, eval_time: '107m', exp_samples: [] },
          ],
        },
      ],
    }
    writeFileSync(join(folder, 'first.yml'), JSON.stringify(test))
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'first.yml'], {
      cwd: folder,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout + stderr)
  })

  /** Traffic as long as the tests run: a rate needs a series that grows between two scrapes. */
  async function drive(): Promise<void> {
    while (!isDone) {
      for (const step of STEPS) await step.run(demo)
      await demo.proxy.quiet()
      await wait(200)
    }
  }

  const queryUntil = (query: string, holds: (samples: VectorSample[]) => boolean) =>
    Promise.race([prometheus.queryUntil(query, holds), traffic.then(() => assert.fail('no traffic'))])
})

/** The price rules as a user writes them, evaluated as often as the scrapes come. */
function priceRules(): string {
  const { stdout, status } = spawnSync(NODE, [CLI, 'rules', '--prices', '--systems', 'openai'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  })
  assert.equal(status, 0)
  const rules = parse(stdout) as { groups: { interval: string }[] }
  for (const group of rules.groups) group.interval = '1s'
  return JSON.stringify(rules)
}
