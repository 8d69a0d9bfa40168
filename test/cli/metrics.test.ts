import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type HostileApp, startHostileApp } from '../e2e/hostile-app.ts'
import { type App, describeSamples, NODE, startApp } from '../harness/app.ts'
import { parsePrometheusText, sumOf } from '../harness/prometheus-text.ts'
import { CLI, cliEnv, runCli } from './cli.ts'
import { startInTerminal, terminalIsMissing } from './terminal.ts'

const APP = new URL('../e2e/apps/idle.mjs', import.meta.url)

interface JsonFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly value?: number
    readonly count?: number
    readonly sum?: number
    readonly buckets?: readonly { readonly le: number | string; readonly count: number }[]
  }[]
}

describe('agentgateway-otel metrics', () => {
  let app: App
  let url: string

  before(async () => {
    app = await startApp(APP, { env: { OTEL_SERVICE_NAME: 'shop' } })
    url = (await app.line(/https?:\/\/\S+\/metrics/, 'stderr'))[0]
    for (let i = 0; i < 3; i++) await (await fetch(`http://127.0.0.1:${app.ready}/`)).text()
    await app.metricsWhen((families) => sumOf(families, 'agentgateway_requests_total') === 3)
  })
  after(() => app?.stop())

  const metrics = (...args: readonly string[]) => runCli(['metrics', '--url', url, ...args])

  it('prints what the endpoint serves, also where the address comes from the variables of the app', async () => {
    const { port } = new URL(url)
    const { code, stdout, stderr } = await runCli(['metrics'], {
      env: { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: port },
    })
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(describeSamples(parsePrometheusText(stdout)), describeSamples(await app.metrics()))
  })

  it('prints the metrics whose names begin with a text, with their comments', async () => {
    const { stdout } = await metrics('requests', 'agentgateway_connections_a')
    assert.deepEqual(
      [...parsePrometheusText(stdout).keys()],
      ['agentgateway_requests_total', 'agentgateway_connections_active'],
    )
    assert.match(stdout, /^# HELP agentgateway_requests_total HTTP requests served\.$/m)
  })

  it('prints them as JSON, with numbers', async () => {
    const { stdout } = await metrics('--json')
    const families = JSON.parse(stdout) as JsonFamily[]
    const parsed = await app.metrics()
    assert.deepEqual(
      families.map(({ name, type, help }) => ({ name, type, help })),
      [...parsed.values()].map(({ name, type, help }) => ({ name, type, help })),
    )
    const [counter] = families.find(({ name }) => name === 'agentgateway_requests_total')?.samples ?? []
    assert.deepEqual(counter, {
      labels: { method: 'GET', status: '200', route: 'unknown', protocol: 'http', gateway: 'shop' },
      value: 3,
    })
    const histogram = families.find(({ name }) => name === 'agentgateway_request_duration_seconds')?.samples[0]
    assert.equal(histogram?.count, 3)
    assert.equal(typeof histogram?.sum, 'number')
    assert.deepEqual(histogram?.buckets?.[0]?.le, 0.001)
    assert.deepEqual(histogram?.buckets?.at(-1), { le: '+Inf', count: 3 })
    assert.deepEqual(
      histogram?.buckets?.map(({ count }) => count),
      parsed
        .get('agentgateway_request_duration_seconds')
        ?.samples.filter(({ name }) => name.endsWith('_bucket'))
        .map(({ value }) => value),
    )
  })

  it('prints what each metric counts', async () => {
    const { stdout } = await metrics('--help-text', 'mcp')
    assert.equal(
      stdout,
      'agentgateway_mcp_sessions_active (gauge)\n  MCP sessions that are open.\n' +
        'agentgateway_mcp_requests_total (counter)\n  MCP requests and notifications that a client sent.\n',
    )
    const described = JSON.parse((await metrics('--help-text', '--json', 'mcp_s')).stdout)
    assert.deepEqual(described, [
      { name: 'agentgateway_mcp_sessions_active', type: 'gauge', help: 'MCP sessions that are open.' },
    ])
  })

  for (const [name, message] of [
    ['requets_total', 'the app has no metric "requets_total"; did you mean "agentgateway_requests_total"?'],
    ['qqqqqqqq', 'the app has no metric "qqqqqqqq"'],
    [
      'mcp_request_duration',
      'the app does not make agentgateway_mcp_request_duration_seconds; AGENTGATEWAY_METRICS=mcp has it made',
    ],
  ] as const) {
    it(`prints nothing but an error for ${name}, which the app does not have`, async () => {
      assert.deepEqual(await metrics('requests_total', name), {
        code: 1,
        signal: null,
        stdout: '',
        stderr: `agentgateway-otel: ${message}\n`,
      })
    })
  }
})

describe('agentgateway-otel metrics, where labels have hostile values', () => {
  let app: HostileApp
  before(async () => {
    app = await startHostileApp(0)
  })
  after(() => app?.stop())

  it('pipes them as they are', async () => {
    const { stdout } = await runCli(['metrics', '--url', app.url])
    assert.equal(describeSamples(parsePrometheusText(stdout)), describeSamples(await app.metrics()))
    const json = JSON.parse((await runCli(['metrics', '--url', app.url, '--json', 'requests_total'])).stdout)
    const routes = (json as JsonFamily[])[0]?.samples.map(({ labels }) => labels.route)
    const expected = (await app.metrics()).get('agentgateway_requests_total')?.samples.map(({ labels }) => labels.route)
    assert.deepEqual(routes, expected)
  })

  it('keeps them from the terminal', { skip: terminalIsMissing() }, async () => {
    for (const args of [[], ['--json'], ['--help-text']]) {
      const terminal = startInTerminal(NODE, [CLI, 'metrics', '--url', app.url, ...args], { env: cliEnv() })
      assert.equal((await terminal.end()).code, 0)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
      assert.doesNotMatch(terminal.output(), /[\0-\t\v\f\x0e-\x1f\x7f-\x9f\u2028\u2029\u202e]/)
    }
  })
})
