/**
 * The services of examples/docker-compose that can run on this machine without containers: the app, the stand-in for models,
 * the traffic and Prometheus, each with the command and the environment that the file gives it.
 *
 * @module
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { parse, stringify } from 'yaml'
import { cachedProgram, whyMissing } from '../harness/debian-unstable.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { startProcess } from '../harness/process.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'
import { DASHBOARD_FILES, DASHBOARDS_FOLDER, RULE_FILES } from './dashboard-files.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const read = (file: string) => readFileSync(resolve(EXAMPLES, 'docker-compose', file), 'utf8')
const { services } = parse(read('docker-compose.yml'), { merge: true })

/** Starts a service that runs in the image of the app. */
function start(service: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  // Those without a value are passed on from where Compose is started.
  const own = Object.entries<string | null>(services[service].environment ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  )
  return startProcess(process.execPath, args, {
    cwd: resolve(EXAMPLES, 'agent'),
    env: { ...childEnv(), ...Object.fromEntries(own), ...env },
  })
}

/** Version 3, as in the image, where the machine has it. */
const program = cachedProgram('prometheus-3') ?? 'prometheus'

/** The flags of the service, but for those that say where its files are. */
const flags: readonly string[] = services.prometheus.command.filter(
  (flag: string) => !/^--(config\.file|storage\.tsdb\.path)=/.test(flag),
)

/** The service's configuration, with paths and targets as they are here, and a scrape each second. */
function configuration(target: string): string {
  const config = parse(read('prometheus.yml'))
  config.rule_files = config.rule_files.map((pattern: string) => pattern.replace('dashboards/', DASHBOARDS_FOLDER))
  config.scrape_configs[0].scrape_interval = '1s'
  config.scrape_configs[0].static_configs[0].targets = [target]
  return stringify({ global: { evaluation_interval: '1s' }, ...config })
}

/** For the `skip` of a test: the images have the `wget` of BusyBox, and most machines have GNU's. */
const wgetIsMissing = () =>
  spawnSync('wget', ['--version']).error === undefined ? false : 'NOT TESTED: there is no wget on the PATH'

describe('the services of examples/docker-compose', { skip: prometheusIsMissing() }, () => {
  let prometheus: Prometheus
  let appUrl: string

  /** The traffic keeps its connections, and a panel is about new ones. */
  async function requestOverNewConnection(): Promise<void> {
    const [response] = await once(http.get(`${appUrl}/health`, { agent: false }), 'response')
    await text(response)
  }

  async function rulesInForce(): Promise<Rule[]> {
    const response = await fetch(`${prometheus.url}/api/v1/rules`)
    const { data } = (await response.json()) as { data: { groups: { rules: Rule[] }[] } }
    return data.groups.flatMap(({ rules }) => rules)
  }

  before(async () => {
    const providerPort = await freePort()
    const appPort = await freePort()
    const models = `http://localhost:${providerPort}`
    const provider = start('models', services.models.command.slice(1), { PORT: String(providerPort) })
    await provider.line(/ANTHROPIC_BASE_URL=/)
    const { OPENAI_BASE_URL, ANTHROPIC_BASE_URL } = services.app.environment
    const app = start('app', ['--import', 'agentgateway-otel/register', 'app.js'], {
      PORT: String(appPort),
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OPENAI_BASE_URL: OPENAI_BASE_URL.replace(/^\$\{OPENAI_BASE_URL:-http:\/\/models:4000(.*)\}$/, `${models}$1`),
      ANTHROPIC_BASE_URL: ANTHROPIC_BASE_URL.replace(/^\$\{ANTHROPIC_BASE_URL:-http:\/\/models:4000\}$/, models),
    })
    const [[, target = ''], [, url = '']] = await Promise.all([
      app.line(/metrics on http:\/\/(\S+)\/metrics/, 'stderr'),
      app.line(/listening on (http:\S+)/),
    ])
    appUrl = url
    prometheus = await startPrometheus(configuration(target), program, flags)
    const traffic = start('traffic', services.traffic.command.slice(1), { PORT: String(appPort) })
    await traffic.line(/every two seconds/)
  })

  after(() => prometheus.stop())

  it('have Prometheus scrape the app', async () => {
    await prometheus.queryUntil('up{job="agentgateway"} == 1', ([sample]) => sample !== undefined)
  })

  it('have Prometheus evaluate every rule without an error', async () => {
    const written: { rules: { record?: string; alert?: string }[] }[] = RULE_FILES.flatMap(
      (name) => parse(readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8')).groups,
    )
    const names = written.flatMap(({ rules }) => rules.map(({ record, alert }) => record ?? alert))
    const rules = await until(async () => {
      const found = await rulesInForce()
      return found.every(({ health }) => health !== 'unknown') ? found : undefined
    })
    assert.deepEqual(rules.map(({ name }) => name).sort(), names.sort())
    for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`)
  })

  for (const name of DASHBOARD_FILES) {
    it(`have data for the panels of ${name}`, async () => {
      // What it costs needs rules with prices, which the example does not have.
      const panels = panelsOf(JSON.parse(readFileSync(join(DASHBOARDS_FOLDER, name), 'utf8'))).filter(
        ({ targets = [] }) => !targets.some(({ expr }) => expr.includes('agentgateway:llm_cost_usd')),
      )
      assert.notEqual(panels.length, 0)
      // The default metrics all move. A dashboard of optional ones may have some that this app has no traffic for.
      const mayBeEmpty = name === 'agentgateway-otel.json' ? 0 : panels.length - 1
      let empty: string[] = []
      await until(
        async () => {
          await requestOverNewConnection()
          empty = []
          for (const { title, targets = [] } of panels) {
            const results = await Promise.all(targets.map(({ expr }) => prometheus.query(asQuery(expr))))
            if (results.some((samples) => samples.length === 0)) empty.push(title)
          }
          return empty.length <= mayBeEmpty || undefined
        },
        () => `panels without data: ${empty.join(', ')}`,
        500,
      )
    })
  }

  it('have the optional metrics of every group that the app is to have', async () => {
    const groups: string[] = services.app.environment.AGENTGATEWAY_METRICS.split(',')
    assert.notEqual(groups.length, 0)
    for (const group of groups) {
      const names = Object.values(METRICS)
        .filter((metric) => 'group' in metric && metric.group === group)
        .map(({ name }) => `${name}(_bucket|_count|_sum)?`)
      assert.notEqual(names.length, 0, group)
      await prometheus.queryUntil(
        `count({__name__=~"${names.join('|')}",gateway="agent"})`,
        (samples) => samples.length === 1,
      )
    }
  })

  it('have a health check that finds Prometheus ready, and no other server', { skip: wgetIsMissing() }, () => {
    const [, name, ...args] = services.prometheus.healthcheck.test as string[]
    const check = (url: string) =>
      spawnSync(name ?? '', [...args.map((word) => word.replace('http://localhost:9090', url)), '--tries=1']).status
    assert.equal(check(prometheus.url), 0)
    assert.notEqual(check('http://localhost:1'), 0)
  })

  it('have Prometheus store what an app pushes, with its gateway, beside what it scrapes', {
    skip: whyMissing('vmagent'),
  }, async () => {
    // It stands in for the collector: it, too, receives OTLP and writes to Prometheus.
    const port = await freePort()
    const data = mkdtempSync(join(tmpdir(), 'vmagent-'))
    const { pathname } = new URL(services.collector.environment.PROMETHEUS_REMOTE_WRITE_URL)
    const agent = startProcess(
      cachedProgram('vmagent') ?? '',
      [
        `-httpListenAddr=127.0.0.1:${port}`,
        `-remoteWrite.url=${prometheus.url}${pathname}`,
        `-remoteWrite.tmpDataPath=${data}`,
        '-remoteWrite.forcePromProto',
        '-opentelemetry.usePrometheusNaming',
      ],
      { env: childEnv() },
    )
    await agent.line(/started vmagent/, 'stderr')
    const app = start('pushing-app', ['--import', 'agentgateway-otel/register', 'app.js'], {
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/opentelemetry`,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    })
    const [, url = ''] = await app.line(/listening on (http:\S+)/)
    await fetch(`${url}/health`)
    const pushed = services['pushing-app'].environment.OTEL_SERVICE_NAME
    await prometheus.queryUntil(
      `agentgateway_requests_total{gateway="${pushed}",route="/health"} == 1`,
      (samples) => samples.length === 1,
    )
    const gateways = await prometheus.query('count by (gateway) (agentgateway_requests_total)')
    assert.deepEqual(gateways.map(({ metric }) => metric.gateway).sort(), ['agent', pushed])
    await Promise.all([app.stop(), agent.stop()])
    rmSync(data, { recursive: true })
  })
})

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
  /** Those in a row that is folded. */
  readonly panels?: readonly Panel[]
}

const panelsOf = ({ panels = [] }: Pick<Panel, 'panels'>): Panel[] =>
  panels.flatMap((panel) => [panel, ...panelsOf(panel)]).filter(({ targets }) => targets !== undefined)

/** A query of a panel with what Grafana would put in place of its variables. */
const asQuery = (expr: string) =>
  expr
    .replaceAll(/\$__(rate_)?interval\b/g, '10s')
    .replaceAll('$__range', '1m')
    .replaceAll(/\$(\w+|\{\w+(:\w+)?\})/g, '.*')

interface Rule {
  readonly name: string
  readonly health: string
  readonly lastError?: string
}
