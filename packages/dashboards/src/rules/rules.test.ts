import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { parse } from 'yaml'
import { ALERTS } from './alerts.ts'
import { createRules } from './rules.ts'

const FILE = new URL('../../agentgateway-otel.rules.yaml', import.meta.url)

const promtool = spawnSync('promtool', ['--version']).error === undefined
const skip = promtool ? false : 'there is no promtool on the PATH'
if (process.env.CI) assert.ok(promtool, 'promtool has to be there in CI')

type Labels = Readonly<Record<string, string>>

/** A series with its samples, in promtool's notation: `0+10x60` begins at 0 and adds 10 sixty times, `_` is no sample. */
interface Series {
  readonly name: string
  readonly labels: Labels
  readonly values: string
}

const SERVICE = { job: 'apps', gateway: 'shop' }
const TARGET = { job: 'apps', instance: 'app:15020' }
const OPENAI = { gen_ai_system: 'openai', gen_ai_request_model: 'gpt-5' }
const WEATHER = { role: 'server', server: 'weather', resource: 'get_weather' }

const up = (values: string, labels: Labels = TARGET): Series => ({ name: 'up', labels, values })
const of = (name: string, labels: Labels, values: string): Series => ({
  name: `agentgateway_${name}`,
  labels: { ...TARGET, ...SERVICE, ...labels },
  values,
})

const requests = (labels: Labels, values: string) =>
  of('requests_total', { method: 'GET', route: '/users/:id', protocol: 'http', ...labels }, values)
const llm = (labels: Labels, values: string) =>
  of(
    'llm_requests_total',
    { gen_ai_operation_name: 'chat', ...OPENAI, usage: 'reported', error_type: '', ...labels },
    values,
  )
const tokens = (values: string) =>
  of('llm_tokens_total', { gen_ai_operation_name: 'chat', ...OPENAI, gen_ai_token_type: 'input' }, values)
const tool = (labels: Labels, values: string) =>
  of('mcp_requests_total', { method: 'tools/call', resource_type: 'tool', ...WEATHER, status: 'ok', ...labels }, values)
const sessions = (values: string) => of('mcp_sessions_active', { role: 'server', transport: 'streamable_http' }, values)
/** A histogram of which all values lie in the bucket above `le`. */
const durations = (below: string, le: string, values: string) => [
  of('request_duration_seconds_bucket', { route: '/users/:id', protocol: 'http', le: below }, '0x100'),
  of('request_duration_seconds_bucket', { route: '/users/:id', protocol: 'http', le }, values),
  of('request_duration_seconds_bucket', { route: '/users/:id', protocol: 'http', le: '+Inf' }, values),
]

interface Firing {
  readonly labels: Labels
  readonly summary: string
  readonly description?: string
}

interface Scenario {
  readonly name: string
  readonly series: readonly Series[]
  /** The minutes from one sample to the next, and from one evaluation to the next. Default: 1. */
  readonly every?: number
  /** In minutes. */
  readonly at: number
  /** Nothing if the alert has to be silent. */
  readonly fires?: Firing
}

const WEEK = 7 * 24 * 60
const QUARTERS = WEEK / 15

/** For each alert, when it fires, and when it does not. */
const SCENARIOS: Readonly<Record<string, readonly Scenario[]>> = {
  AgentgatewayTargetDown: [
    {
      name: 'a target is down that has served metrics',
      series: [up('1x10 0x10'), requests({ status: '200' }, '1x10 _x10')],
      at: 15,
      fires: { labels: TARGET, summary: 'Prometheus cannot scrape app:15020 of apps' },
    },
    { name: 'a target of others is down', series: [up('0x20', { job: 'node', instance: 'node:9100' })], at: 15 },
    { name: 'one scrape failed', series: [up('1x10 0 1x10'), requests({ status: '200' }, '1x10 _ 1x10')], at: 12 },
  ],
  AgentgatewayScrapesFailing: [
    {
      name: 'every second scrape fails',
      series: [
        up('1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0'),
        requests({ status: '200' }, '1x40'),
      ],
      at: 35,
      fires: {
        labels: TARGET,
        summary: 'Some scrapes of app:15020 of apps fail',
        description:
          'Only 50% of the scrapes succeed: the endpoint refuses them, or they take longer than scrape_timeout.',
      },
    },
    { name: 'all scrapes succeed', series: [up('1x40'), requests({ status: '200' }, '1x40')], at: 35 },
  ],
  AgentgatewayHttpErrors: [
    {
      name: 'a tenth of the requests of a route fail',
      series: [requests({ status: '200' }, '0+90x30'), requests({ status: '503' }, '0+10x30')],
      at: 20,
      fires: { labels: { ...SERVICE, route: '/users/:id' }, summary: 'shop: 10% of the requests to /users/:id fail' },
    },
    {
      name: 'a hundredth of them fail',
      series: [requests({ status: '200' }, '0+990x30'), requests({ status: '503' }, '0+10x30')],
      at: 20,
    },
    { name: 'the one request that there is fails', series: [requests({ status: '503' }, '_x10 1x20')], at: 14 },
  ],
  AgentgatewayHttpLatency: [
    {
      name: 'requests take between 2.5 and 5 seconds',
      series: [...durations('2.5', '5', '0+10x30'), requests({ status: '200' }, '0+10x30')],
      at: 25,
      fires: { labels: { ...SERVICE, route: '/users/:id' }, summary: 'shop: requests to /users/:id take 4.875s (p95)' },
    },
    {
      name: 'requests take less than 1 second',
      series: [...durations('0.5', '1', '0+10x30'), requests({ status: '200' }, '0+10x30')],
      at: 25,
    },
    {
      name: 'a slow route has hardly any requests',
      series: [...durations('2.5', '5', '0+1x30'), requests({ status: '200' }, '0+1x30')],
      at: 25,
    },
  ],
  AgentgatewayLlmErrors: [
    {
      name: 'the first calls to a model fail, whose series did not exist before',
      series: [llm({ error_type: '500', usage: 'none' }, '_x10 3x20')],
      at: 14,
      fires: { labels: { ...SERVICE, ...OPENAI }, summary: 'shop: 100% of the calls to gpt-5 (openai) fail' },
    },
    {
      name: 'the app abandons calls',
      series: [llm({}, '0+10x30'), llm({ error_type: 'aborted', usage: 'none' }, '0+10x30')],
      at: 20,
    },
    {
      name: 'failures of an hour ago are there again when a target that could not be scraped is back',
      series: [llm({}, '0+10x10 _x20 200+10x30'), llm({ error_type: '500', usage: 'none' }, '400x10 _x20 400x30')],
      at: 34,
    },
  ],
  AgentgatewayLlmRateLimited: [
    {
      name: 'the first 429 of a process',
      series: [llm({}, '0+1x20'), llm({ error_type: '429', usage: 'none' }, '_x10 1x10')],
      at: 11,
      fires: {
        labels: { ...SERVICE, ...OPENAI },
        summary: 'shop: openai limits the calls to gpt-5',
        description: '1 calls in five minutes were refused because of a rate limit, a quota or overload.',
      },
    },
    {
      name: 'an error of that kind within a stream',
      series: [llm({ error_type: 'overloaded_error' }, '_x10 1 2x10')],
      at: 12,
      fires: {
        labels: { ...SERVICE, ...OPENAI },
        summary: 'shop: openai limits the calls to gpt-5',
        description: '2 calls in five minutes were refused because of a rate limit, a quota or overload.',
      },
    },
    {
      name: 'the first 429 after a restart, though there had been more before it',
      series: [llm({ error_type: '429', usage: 'none' }, '3x10 stale _x10 1x10')],
      at: 23,
      fires: {
        labels: { ...SERVICE, ...OPENAI },
        summary: 'shop: openai limits the calls to gpt-5',
        description: '1 calls in five minutes were refused because of a rate limit, a quota or overload.',
      },
    },
    { name: 'the 429 was six minutes ago', series: [llm({ error_type: '429', usage: 'none' }, '_x10 1x20')], at: 17 },
    { name: 'another error', series: [llm({ error_type: '500', usage: 'none' }, '0+10x20')], at: 10 },
  ],
  AgentgatewayLlmTokenSpike: [
    {
      name: 'ten times as many tokens as a week ago',
      series: [tokens(`0+15000x${QUARTERS} ${15000 * QUARTERS}+150000x12`)],
      every: 15,
      at: WEEK + 150,
      fires: { labels: SERVICE, summary: 'shop: 600k tokens within an hour' },
    },
    { name: 'as many as a week ago', series: [tokens(`0+150000x${QUARTERS + 12}`)], every: 15, at: WEEK + 150 },
    {
      name: 'few tokens, though ten times as many',
      series: [tokens(`0+150x${QUARTERS} ${150 * QUARTERS}+1500x12`)],
      every: 15,
      at: WEEK + 150,
    },
  ],
  AgentgatewayLlmUsageMissing: [
    {
      name: 'half of the responses report no usage',
      series: [llm({}, '0+5x60'), llm({ usage: 'missing' }, '0+5x60')],
      at: 45,
      fires: { labels: { ...SERVICE, ...OPENAI }, summary: 'shop: 50% of the responses of gpt-5 report no tokens' },
    },
    { name: 'all report it', series: [llm({}, '0+5x60'), llm({ usage: 'none', error_type: '500' }, '0+5x60')], at: 45 },
  ],
  AgentgatewayMcpToolErrors: [
    {
      name: 'a third of the calls of a tool fail',
      series: [tool({}, '0+4x30'), tool({ status: 'error' }, '0+2x30')],
      at: 20,
      fires: {
        labels: { ...SERVICE, ...WEATHER },
        summary: 'shop: 33.33% of the calls of the tool get_weather (weather) fail',
        description:
          'The share of responses that are errors or that report a failure of the tool, for two minutes, with at least three of them in five minutes. This process is the server.',
      },
    },
    {
      name: 'another method fails',
      series: [tool({}, '0+4x30'), tool({ method: 'resources/read', resource: '', status: 'error' }, '0+4x30')],
      at: 20,
    },
  ],
  AgentgatewayMcpSessionsGrowing: [
    {
      name: 'a hundred sessions are begun in an hour and not used',
      series: [sessions('0+2x120'), tool({ method: 'initialize', resource: '' }, '0+2x120')],
      at: 100,
      fires: {
        labels: { ...SERVICE, role: 'server' },
        summary: 'shop: 120 more MCP sessions are open than an hour ago',
      },
    },
    { name: 'the sessions are used', series: [sessions('0+2x120'), tool({}, '0+10x120')], at: 100 },
    { name: 'the number of sessions stays', series: [sessions('500x120')], at: 100 },
  ],
  AgentgatewayLabelOverflow: [
    {
      name: 'a model is one too many',
      series: [llm({ gen_ai_request_model: '_OTHER' }, '0+1x60')],
      at: 30,
      fires: {
        labels: { ...SERVICE, label: 'gen_ai_request_model' },
        summary: 'shop: the label gen_ai_request_model has more values than are kept',
      },
    },
    { name: 'a method that is not known', series: [requests({ method: '_OTHER', status: '405' }, '0+1x60')], at: 30 },
  ],
}

describe('the rules', () => {
  it('are committed as the source generates them', () => {
    assert.equal(readFileSync(FILE, 'utf8'), createRules(), 'run the build script of this package')
  })

  it('have a scenario in which each alert fires, and one in which it does not', () => {
    assert.deepEqual(
      Object.keys(SCENARIOS),
      ALERTS.map(({ alert }) => alert),
    )
    for (const [alert, scenarios] of Object.entries(SCENARIOS)) {
      assert.deepEqual(new Set(scenarios.map(({ fires }) => fires !== undefined)), new Set([true, false]), alert)
    }
  })

  it('name a section of the runbook for each alert', () => {
    const runbook = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8')
    const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading)
    assert.deepEqual(
      headings,
      ALERTS.map(({ alert }) => alert),
    )
    for (const { rules } of parse(createRules()).groups) {
      for (const { alert, annotations } of rules) {
        if (alert) assert.ok(annotations.runbook_url.endsWith(`/docs/runbook.md#${alert.toLowerCase()}`), alert)
      }
    }
  })
})

describe('in Prometheus’ rule tests, the alert', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'rules.yaml'), createRules())

  for (const [alert, scenarios] of Object.entries(SCENARIOS)) {
    for (const { name, series, every = 1, at, fires } of scenarios) {
      it(`${alert} ${fires ? 'fires' : 'is silent'} when ${name}`, () => {
        const expected = {
          exp_labels: { ...fires?.labels, severity: severityOf(alert) },
          exp_annotations: {
            summary: fires?.summary,
            description: fires?.description ?? ALERTS.find((rule) => rule.alert === alert)?.description,
            runbook_url: `https://github.com/agentgateway-otel/agentgateway-otel/blob/main/docs/runbook.md#${alert.toLowerCase()}`,
          },
        }
        runPromtool(every, {
          input_series: series.map(toInput),
          alert_rule_test: [{ eval_time: `${at}m`, alertname: alert, exp_alerts: fires ? [expected] : [] }],
        })
      })
    }
  }

  function runPromtool(minutes: number, test: object): void {
    const file = join(folder, 'test.yaml')
    // JSON is YAML.
    const interval = `${minutes}m`
    const text = JSON.stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: interval,
      group_eval_order: parse(createRules()).groups.map(({ name }: { name: string }) => name),
      tests: [{ interval, ...test }],
    })
    writeFileSync(file, text)
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
  }
})

const severityOf = (alert: string) => ALERTS.find((rule) => rule.alert === alert)?.severity

function toInput({ name, labels, values }: Series) {
  const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return { series: `${name}{${text.join(', ')}}`, values }
}
