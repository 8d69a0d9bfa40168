import { once } from 'node:events'
import http from 'node:http'
import { type App, startApp } from '../../harness/app.ts'
import type { Sample } from '../../harness/prometheus-text.ts'
import { until } from '../../harness/until.ts'
import type { Agent } from './agents.ts'
import { startBridge } from './collectors/bridge.ts'
import type { Report, Span } from './collectors/collector.ts'
import { entry, expectedCounts, FAILURES, LLM_CALLS, REQUESTS } from './requests.ts'

export type System = 'cjs' | 'mjs'
type Env = Readonly<Record<string, string>>
type Headers = Readonly<Record<string, string>>

export interface Setting {
  readonly system: System
  /** How the agent is set up: by flags, or by a module that the app loads in its first line. */
  readonly setUp: 'flags' | 'inside'
  /** The place of the preload's flag among the others. */
  readonly ours: 'none' | 'first' | 'last'
  /** Whether the preload exports by OTLP. */
  readonly otlp: boolean
  readonly env?: Env
}

/** What an app and its agent do, as observed from outside. */
interface Observed {
  /** Statuses and bodies; of the headers that a backend received only the names, as values differ from run to run. */
  readonly responses: readonly unknown[]
  /** How often the agent reported a span of each name, sorted. */
  readonly spans: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: unknown
}

export interface Run {
  readonly observed: Observed
  /** The headers of the app's own calls: by `fetch`, by `http.request` and to the model. */
  readonly calls: readonly (readonly ['fetch' | 'http' | 'llm', Headers])[]
  readonly report: Report
  /** What the preload has to have counted, and what it served and exported; undefined without the preload. */
  readonly counts:
    | {
        readonly expected: readonly string[]
        readonly scraped: readonly string[]
        readonly exported: readonly string[]
      }
    | undefined
  /** All that was scraped last. */
  readonly samples: readonly Sample[]
  /** The preload's lines on stderr. */
  readonly lines: readonly string[]
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

/** The id of the span of the client that sends a request, by the request's number. */
const spanId = (request: number) => request.toString(16).padStart(16, '0')

let services = 0

/** Runs the app with an agent, and with the preload or without it. */
export async function run(agent: Agent, setting: Setting, backend: string): Promise<Run> {
  const { ours, otlp, env = {} } = setting
  const service = `shop-of-agent-${++services}`
  const bridge = await startBridge(service)
  const collector = await agent.start(service)
  let app: App | undefined
  try {
    app = await start(agent, setting, {
      ...bridge.env,
      ...collector.env,
      ...agent.env,
      AGENTGATEWAY_EXPORTERS: otlp ? 'prometheus,otlp' : 'prometheus',
      ...env,
      BACKEND: backend,
    })
    // The scrape comes first, so that a span of it would be reported with the first requests.
    if (ours !== 'none') await app.metrics()
    await until(
      () => (collector.isReady?.() ?? true) || undefined,
      () => 'the agent is connected',
    )
    const driven = await drive(app, async (sent) => {
      if (ours === 'none') return
      await app?.metricsWhen((families) => count(samplesIn(families.values()), 'agentgateway_requests_total') >= sent)
      // An agent would report exports with the requests that came before the last one.
      const exports = bridge.exports()
      if (otlp) await until(() => bridge.exports() > exports + 1 || undefined)
    })
    const report = await reportOf(collector.report, agent)
    const counts = ours === 'none' ? undefined : await countsOf(app, driven.sizes, otlp ? bridge.samples : undefined)
    app.writeLine(otlp ? 'close' : 'exit')
    const { child } = app
    await until(
      () => child.exitCode ?? undefined,
      () => 'the process has ended',
    )
    const exit = await app.exit()
    const lines = /^agentgateway-otel: .*\n/gm
    return {
      calls: driven.calls,
      report,
      counts,
      samples: counts?.samples ?? [],
      // A busy machine may take longer for an export than it has.
      lines: (app.stderr().match(lines) ?? []).filter(
        (line) => !/no response within|are sent to .* again|not accepted the last export within/.test(line),
      ),
      observed: {
        responses: driven.responses,
        spans: namesOf(agent, report),
        exit,
        stdout: (agent.comparable?.(app.stdout()) ?? app.stdout()).replace(/^ready \d+$/m, ''),
        // Warnings of Node.js have the id of the process. On a busy machine an agent's exports may take too long.
        stderr: app
          .stderr()
          .replaceAll(lines, '')
          .replaceAll(/^\(node:\d+\)/gm, '(node)')
          .replaceAll(/^.*metrics export timed out.*\n/gm, ''),
      },
    }
  } finally {
    await app?.stop('SIGKILL')
    await collector.close()
    await bridge.close()
  }
}

function start(agent: Agent, { system, setUp, ours }: Setting, env: Env): Promise<App> {
  const flags = (setUp === 'flags' && agent.flags[system]) || []
  const inside = setUp === 'inside' ? agent.inside[system] : undefined
  return startApp(new URL(`./apps/express.${system}`, import.meta.url), {
    // Node.js loads all `--require` before any `--import`, so only flags of one kind have an order.
    preload: ours === 'none' ? 'none' : flags.includes('--require') ? '--require' : '--import',
    ...(ours === 'last' ? { earlierOptions: flags } : { nodeOptions: flags }),
    env: { ...env, ...(inside === undefined ? {} : { AGENT: inside }) },
  })
}

/** Sends a request over a connection of its own, which `fetch` cannot promise. */
async function send(url: string, method: string, body: string | undefined, headers: Headers) {
  const request = http.request(url, { method, headers, agent: false }).end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return { status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() }
}

/** @param beforeLast is called when all requests but the last one have their responses. */
async function drive(app: App, beforeLast: (sent: number) => Promise<unknown>) {
  const responses: unknown[] = []
  const sizes: number[] = []
  const calls: ['fetch' | 'http' | 'llm', Headers][] = []
  for (const [i, { path, method, body }] of REQUESTS.entries()) {
    if (i === REQUESTS.length - 1) await beforeLast(i)
    const { status, text } = await send(`http://127.0.0.1:${app.ready}${path}`, method, body, {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      traceparent: `00-${TRACE}-${spanId(i + 1)}-01`,
    })
    sizes.push(Buffer.byteLength(text))
    const shown = Object.entries(JSON.parse(text)).map(([key, value]) => {
      if (key !== 'fetch' && key !== 'http' && key !== 'llm') return [key, value]
      calls.push([key, value as Headers])
      return [key, Object.keys(value as Headers)]
    })
    responses.push([status, shown])
  }
  return { responses, sizes, calls }
}

const entrySpans = ({ traces }: Agent, { spans }: Report) =>
  traces === 'requests' ? spans.filter(({ isServer }) => isServer) : spans

/** How many spans of those that show the end of the work the agent reports of all requests. */
function entryCount({ traces, mcpServerSpans = 0, spansPerCall = 1 }: Agent): number {
  return traces === 'requests' ? REQUESTS.length + mcpServerSpans : LLM_CALLS * spansPerCall
}

/** Waits until the agent has reported all requests, and returns its report. */
async function reportOf(report: () => Report, agent: Agent): Promise<Report> {
  const needed = entryCount(agent)
  await until(
    () => {
      const { metric = 0, metrics, errors = FAILURES } = report()
      const isMetered =
        (agent.metrics !== 'requests' || metric >= REQUESTS.length) &&
        (agent.metrics === undefined || metrics?.size !== 0)
      return (entrySpans(agent, report()).length >= needed && isMetered && errors >= FAILURES) || undefined
    },
    () => JSON.stringify([needed, { ...report(), metrics: [...(report().metrics ?? [])] }]),
  )
  // A copy, since spans that are reported later are not of these requests.
  return { ...report(), spans: [...report().spans] }
}

/** The first span above this one that has no parent among those that were reported, which may be itself. */
export function topOf(span: Span, spans: readonly Span[]): Span {
  const parent = spans.find(({ id }) => id === span.parent)
  return parent === undefined || parent === span ? span : topOf(parent, spans)
}

/** Returns how often there is a span of each name, without those of the last request, of which some may not be reported yet. */
function namesOf(agent: Agent, report: Report): string[] {
  const entries = agent.traces === 'requests' ? entrySpans(agent, report) : []
  const last =
    entries.find(({ parent }) => parent === spanId(REQUESTS.length)) ??
    // Sentry does not continue the trace of a `traceparent`. The requests of this route have the same spans.
    entries.findLast(({ name }) => name.includes('/llm/'))
  const names = new Map<string, number>()
  for (const span of report.spans) {
    if (last === undefined || topOf(span, report.spans) !== topOf(last, report.spans))
      names.set(span.name, (names.get(span.name) ?? 0) + 1)
  }
  return [...names].map(([name, count]) => `${count} × ${name}`).sort()
}

const samplesIn = (families: Iterable<{ readonly samples: readonly Sample[] }>) =>
  [...families].flatMap(({ samples }) => samples)

const count = (samples: readonly Sample[], name: string) =>
  samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0)

/** The preload's samples that are numbers of things, and so the same in each run. */
function comparable(samples: readonly Sample[]): string[] {
  return samples
    .filter(({ name }) => /^agentgateway_/.test(name) && !/_bucket$|_duration_seconds_sum$/.test(name))
    .map(({ name, labels: { gateway, ...labels }, value }) => entry(name, labels, value))
    .sort()
}

/** Waits until everything is counted, and returns the counts. */
async function countsOf(app: App, sizes: readonly number[], exported: (() => readonly Sample[]) | undefined) {
  const expected = expectedCounts(app.ready, sizes)
  const isCounted = (samples: readonly Sample[]) =>
    count(samples, 'agentgateway_requests_total') >= REQUESTS.length &&
    count(samples, 'agentgateway_llm_requests_total') >= LLM_CALLS &&
    count(samples, 'agentgateway_connections_active') === 0
  const families = await app.metricsWhen((families) => isCounted(samplesIn(families.values())))
  const samples = samplesIn(families.values())
  if (exported) await until(() => isCounted(exported()) || undefined)
  return { expected, scraped: comparable(samples), exported: exported ? comparable(exported()) : expected, samples }
}
