import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { until } from '../../harness/until.ts'
import { AGENTS, type Agent } from './agents.ts'
import type { Collector, Report } from './collectors/collector.ts'
import { serveJson } from './collectors/server.ts'

const PATHS = ['/items/1', '/items/2', '/call/1', '/items/3', '/fail/1', '/call/2', '/fail/2', '/items/4']
/** The preload's one property of the global object, as the app writes it. */
const MARK = ',Symbol(agentgateway-otel.started)'
/** OpenTelemetry's own metric of served requests, with its name in Prometheus. */
const STANDARD = 'http_server_request_duration_seconds'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const FAILURES = 2
const ROUTES = { '/items/:id': 4, '/call/:id': 2, '/fail/:id': 2 }

type System = 'cjs' | 'mjs'
/** How the agent is set up: by flags, or by a module that the app loads in its first line. */
type SetUp = 'flags' | 'inside'
/** The place of the preload's flag among the others. */
type Ours = 'none' | 'first' | 'last'
type Env = Readonly<Record<string, string>>
type Headers = Readonly<Record<string, string>>

/** What an app does, as observed from outside. */
interface Observed {
  /** Statuses and bodies; of the headers that the backend received only the names, as values differ from run to run. */
  readonly responses: readonly unknown[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: unknown
}

/** The headers of the two calls that the app makes for one request. */
interface Call {
  readonly fetch: Headers
  readonly http: Headers
}

interface Run {
  readonly observed: Observed
  readonly calls: readonly Call[]
  readonly report: Report
  readonly families: Families | undefined
  /** The number of requests that the agent should report. */
  readonly served: number
  /** The preload's lines on stderr. */
  readonly lines: readonly string[]
}

const serverSpans = ({ spans }: Report) => spans.filter(({ isServer }) => isServer).length

const countedRequests = (families: Families) => sumOf(families, 'agentgateway_requests_total')

// Agents take seconds to report, so several are run at a time.
describe('an app with a tracing agent', { concurrency: 3 }, () => {
  let backend: Awaited<ReturnType<typeof serveJson>>
  before(async () => {
    backend = await serveJson((_path, _body, headers) => headers)
  })
  after(() => backend.close())

  async function run(agent: Agent, system: System, setUp: SetUp, ours: Ours, env: Env = {}): Promise<Run> {
    const collector = await agent.start()
    const flags = setUp === 'flags' ? agent.flags[system] : []
    const inside = setUp === 'inside' ? agent.inside[system] : undefined
    let app: App | undefined
    try {
      app = await startApp(new URL(`./apps/express.${system}`, import.meta.url), {
        // Node.js loads all `--require` before any `--import`, so only flags of one kind have an order.
        preload: ours === 'none' ? 'none' : flags.includes('--require') ? '--require' : '--import',
        ...(ours === 'last' ? { earlierOptions: flags } : { nodeOptions: flags }),
        env: {
          ...collector.env,
          ...env,
          BACKEND: `http://127.0.0.1:${backend.port}/`,
          ...(inside === undefined ? {} : { AGENT: inside }),
        },
      })
      const isOurs = ours !== 'none'
      // The scrape comes first, so that a span of it would be reported with the first requests.
      if (isOurs) await app.metrics()
      await until(
        () => (collector.isReady?.() ?? true) || undefined,
        () => 'the agent is connected',
      )
      const { responses, calls } = await drive(app)
      const served = PATHS.length + (isOurs && agent.seesScrapes ? 1 : 0)
      const report = await reportOf(collector, served)
      const families = isOurs
        ? await app.metricsWhen((families) => countedRequests(families) >= PATHS.length)
        : undefined
      app.writeLine('end')
      const exit = await app.exit()
      const lines = /^agentgateway-otel: .*\n/gm
      return {
        calls,
        report,
        families,
        served,
        lines: app.stderr().match(lines) ?? [],
        observed: {
          responses,
          exit,
          stdout: agent.comparable(app.stdout().replace(/^ready \d+$/m, '')),
          // Warnings of Node.js have the id of the process.
          stderr: app
            .stderr()
            .replaceAll(lines, '')
            .replaceAll(/^\(node:\d+\)/gm, '(node)'),
        },
      }
    } finally {
      await app?.stop('SIGKILL')
      await collector.close()
    }
  }

  async function drive(app: App) {
    const responses: unknown[] = []
    const calls: Call[] = []
    for (const [i, path] of PATHS.entries()) {
      const response = await fetch(`http://127.0.0.1:${app.ready}${path}`, {
        headers: { connection: 'close', traceparent: `00-${TRACE}-000000000000000${i + 1}-01` },
      })
      const body = (await response.json()) as object
      if ('fetch' in body) calls.push(body as Call)
      const names = Object.entries(body).map(([key, value]) => [
        key,
        value instanceof Object ? Object.keys(value) : value,
      ])
      responses.push([response.status, names])
    }
    return { responses, calls }
  }

  /** Waits until the agent has reported this many requests, and returns its report. */
  async function reportOf({ report }: Collector, served: number): Promise<Report> {
    await until(
      () => {
        const { metric = served, errors = FAILURES } = report()
        return (serverSpans(report()) >= served && metric >= served && errors >= FAILURES) || undefined
      },
      () => JSON.stringify(report()),
    )
    // A copy, since spans that are reported later, such as those of scrapes, are not of these requests.
    return { ...report(), spans: [...report().spans] }
  }

  /** Asserts that the request with this header belongs to a span that the agent reported, below a server span. */
  function assertCarriesTrace(header: string | undefined, { spans }: Report): void {
    const [, id] = /([0-9a-f]{16})-0?1$/.exec(header ?? '') ?? []
    assert.ok(id, `the header has no trace: ${header}`)
    let span = spans.find((span) => span.id === id)
    while (span !== undefined && !span.isServer) span = spans.find(({ id }) => id === span?.parent)
    assert.ok(span?.isServer, `${id} is not below a server span: ${JSON.stringify(spans)}`)
  }

  /** Asserts that app and agent did all that they do without the preload, and counted the same; returns the scrape. */
  function assertUnharmed(
    agent: Agent,
    { observed, calls, report, families, served, lines }: Run,
    without: Run,
  ): Families {
    assert.ok(families)
    assert.equal(serverSpans(report), served)
    assert.equal(report.metric ?? served, served)
    assert.equal(countedRequests(families), PATHS.length)
    for (const [route, count] of Object.entries(ROUTES)) {
      assert.equal(sumOf(families, 'agentgateway_requests_total', { route }), count, route)
    }
    assert.equal(calls.length, 2)
    for (const { http, fetch } of calls) {
      assertCarriesTrace(http[agent.header], report)
      if (agent.tracesFetch) assertCarriesTrace(fetch[agent.header], report)
    }
    assert.equal(lines.length, 1)
    assert.ok(observed.stdout.includes(MARK))
    assert.deepEqual({ ...observed, stdout: observed.stdout.replace(MARK, '') }, without.observed)
    return families
  }

  for (const [name, agent] of Object.entries(AGENTS)) {
    for (const system of ['cjs', 'mjs'] as const) {
      describe(`${name}, ${system === 'cjs' ? 'CommonJS' : 'ES modules'}`, { concurrency: 1 }, () => {
        for (const setUp of ['flags', 'inside'] as const) {
          if (setUp === 'inside' && agent.inside[system] === undefined) continue
          let without: Run
          before(async () => {
            without = await run(agent, system, setUp, 'none')
          })

          for (const ours of setUp === 'inside'
            ? (['first'] as const)
            : (agent.orders ?? (['first', 'last'] as const))) {
            const order =
              setUp === 'inside'
                ? 'set up inside the app'
                : ours === 'first'
                  ? 'loaded after the preload'
                  : 'loaded before the preload'
            it(`${order}: reports all that it does without the preload, and counts the same requests`, async () => {
              const families = assertUnharmed(agent, await run(agent, system, setUp, ours), without)
              assert.equal(families.has(STANDARD), false)
            })
            if (!agent.hasHttpInstrumentation || setUp === 'inside') continue
            it(`${order}: reports all that it does without the preload's HttpInstrumentation, and both count the same requests`, async () => {
              const withBoth = await run(agent, system, setUp, ours, { AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' })
              const families = assertUnharmed(agent, withBoth, without)
              assert.equal(sumOf(families, `${STANDARD}_count`), PATHS.length)
            })
          }
        }
      })
    }
  }
})
