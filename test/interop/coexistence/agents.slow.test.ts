import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AGENTS, type Agent } from './agents.ts'
import type { Report } from './collectors/collector.ts'
import { serveJson } from './collectors/server.ts'
import { completion, REQUESTS } from './requests.ts'
import { type Run, run, type Setting, topOf } from './run.ts'

/** The preload's one property of the global object, as the app writes it. */
const MARK = ',Symbol(agentgateway-otel.started)'
/** OpenTelemetry's own metric of served requests, with its name in Prometheus. */
const STANDARD = 'http_server_request_duration_seconds'

/** Asserts that the header belongs to a span that the agent reported, below a server span. */
function assertCarriesTrace(header: string | undefined, { spans }: Report): void {
  const [, id] = /([0-9a-f]{16})-0?1$/.exec(header ?? '') ?? []
  assert.ok(id, `the header has no trace: ${header}`)
  const span = spans.find((span) => span.id === id)
  assert.ok(span && topOf(span, spans).isServer, `${id} is not below a server span: ${JSON.stringify(spans)}`)
}

/** Asserts that app and agent did all that they do without the preload, and that the preload counted what was sent. */
function assertUnharmed(agent: Agent, { observed, calls, report, counts, lines }: Run, without: Run): void {
  assert.deepEqual(counts?.scraped, counts?.expected)
  assert.deepEqual(counts?.exported, counts?.expected)
  if (agent.metrics === 'requests') assert.equal(report.metric, REQUESTS.length)
  const { header, tracesFetch } = agent
  for (const [by, headers] of calls) {
    if (header !== undefined && (by === 'http' || tracesFetch)) assertCarriesTrace(headers[header], report)
  }
  assert.equal(lines.length, 1, lines.join(''))
  assert.ok(observed.stdout.includes(MARK))
  assert.deepEqual({ ...observed, stdout: observed.stdout.replace(MARK, '') }, without.observed)
}

const nameOf = ({ setUp, ours, otlp }: Setting) => {
  const order = setUp === 'inside' ? 'set up inside the app' : ours === 'first' ? 'loaded after' : 'loaded before'
  return `${order}, ${otlp ? 'with OTLP' : 'without OTLP'}`
}

// Agents take seconds to report, so several are run at a time.
describe('an app with a tracing agent', { concurrency: 3 }, () => {
  let backend: Awaited<ReturnType<typeof serveJson>>
  before(async () => {
    backend = await serveJson((path, _body, headers) => (path.startsWith('/v1/') ? completion(headers) : headers))
  })
  after(() => backend.close())
  const runIn = (agent: Agent, setting: Setting) => run(agent, setting, `http://127.0.0.1:${backend.port}/`)

  for (const [name, agent] of Object.entries(AGENTS)) {
    for (const system of ['cjs', 'mjs'] as const) {
      describe(`${name}, ${system === 'cjs' ? 'CommonJS' : 'ES modules'}`, { concurrency: 1 }, () => {
        for (const setUp of ['flags', 'inside'] as const) {
          if (agent[setUp][system] === undefined) continue
          let without: Run
          before(async () => {
            without = await runIn(agent, { system, setUp, ours: 'none', otlp: true })
          })

          for (const ours of setUp === 'inside' ? (['first'] as const) : (['first', 'last'] as const)) {
            // What goes wrong without OTLP would also go wrong with it, so that one of the ways to load shows it.
            for (const otlp of system === 'cjs' && setUp === 'flags' ? [false, true] : [true]) {
              const setting: Setting = { system, setUp, ours, otlp }
              it(`${nameOf(setting)}: reports all that it does without the preload, which counts all that was sent`, async () => {
                const withPreload = await runIn(agent, setting)
                assertUnharmed(agent, withPreload, without)
                assert.equal(
                  withPreload.samples.some(({ name }) => name.startsWith(STANDARD)),
                  false,
                )
              })
            }
            if (!agent.hasHttpInstrumentation || setUp === 'inside') continue
            const setting: Setting = {
              system,
              setUp,
              ours,
              otlp: false,
              env: { AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' },
            }
            it(`${nameOf(setting)}: reports all that it does without the preload's HttpInstrumentation, and both count the same requests`, async () => {
              const withBoth = await runIn(agent, setting)
              assertUnharmed(agent, withBoth, without)
              const standard = withBoth.samples.filter(({ name }) => name === `${STANDARD}_count`)
              assert.equal(
                standard.reduce((sum, { value }) => sum + value, 0),
                REQUESTS.length,
              )
            })
          }
        }
      })
    }
  }
})
