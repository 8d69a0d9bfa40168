import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { summarizeRatio } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { isAsked, type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../instruments/serve.js', import.meta.url))

const LIBRARIES = ['packages/meter', 'sdk-metrics', 'prom-client', '@prometheus-io/client'] as const
const OURS = LIBRARIES[0]
const KINDS = ['counter', 'updown', 'gauge', 'histogram'] as const

/** The samples of a histogram: fourteen buckets and that of infinity, the sum and the count. */
const HISTOGRAM_SAMPLES = 17

interface Metrics {
  ask(message: string): Promise<Record<string, number>>
  /** @throws Error if series are missing in the exposition */
  scrape(): Promise<void>
  stop(): void
}

/** Starts a process that has so many series of a kind, and serves them. */
async function startMetrics(library: string, kind: string, series: number): Promise<Metrics> {
  const child = fork(SCRIPT, [library, kind, String(series)], { execArgv: ['--expose-gc'], env: childEnv() })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    async ask(message) {
      child.send(message)
      const [answer] = await once(child, 'message')
      return answer as Record<string, number>
    },
    async scrape() {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': 'identity' } })
      const samples = (await response.text()).match(/^bench_\w+\{.* \S+$/gm)?.length ?? 0
      const expected = series * (kind === 'histogram' ? HISTOGRAM_SAMPLES : 1)
      if (samples !== expected) throw new Error(`${library} serves ${samples} samples of ${expected}`)
    },
    stop: () => child.disconnect(),
  }
}

type Note = (measure: string, library: string, value: number) => void

/** The heap that a series takes once it has been scraped, after which libraries keep more of it. */
async function measureSize(library: string, kind: string, series: number, note: Note): Promise<void> {
  const metrics = await startMetrics(library, kind, series)
  await metrics.scrape()
  note('heapBytes', library, (await metrics.ask('heap')).bytes ?? Number.NaN)
  metrics.stop()
}

/** How long a scrape blocks the event loop at most, and the CPU that it takes. */
async function measureScrape(library: string, series: number, scrapes: number, note: Note): Promise<void> {
  const metrics = await startMetrics(library, 'histogram', series)
  await metrics.scrape()
  const blocked: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < scrapes; i++) {
    await metrics.ask('begin')
    await metrics.scrape()
    const { blockedMs = Number.NaN, cpuMs = Number.NaN } = await metrics.ask('end')
    blocked.push(blockedMs)
    cpu.push(cpuMs)
  }
  metrics.stop()
  note('blockedMs', library, summarize(blocked).median)
  note('cpuMs', library, summarize(cpu).median)
}

async function measure(options: Options): Promise<Measurements> {
  const { rounds, series, scraped, scrapes } = sizeOf(
    options,
    { rounds: 3, series: 10_000, scraped: 2000, scrapes: 10 },
    { rounds: 1, series: 100, scraped: 100, scrapes: 2 },
  )
  const kinds = options.short ? ['histogram'] : KINDS.filter((kind) => isAsked(options, kind))
  const measurements: Measurements = {}
  const noteFor =
    (name: string): Note =>
    (what, library, value) => {
      measurements[name] ??= {}
      measurements[name][what] ??= {}
      measurements[name][what][library] ??= []
      measurements[name][what][library].push(value)
    }
  for (let round = 0; round < rounds; round++) {
    options.say(`round ${round + 1} of ${rounds}`)
    for (const library of LIBRARIES) {
      for (const kind of kinds) await measureSize(library, kind, series, noteFor(kind))
      if (isAsked(options, 'scrape')) await measureScrape(library, scraped, scrapes, noteFor('scrape'))
    }
  }
  return measurements
}

function sizes(measurements: Measurements): string {
  const kinds = KINDS.filter((kind) => kind in measurements)
  const rows = LIBRARIES.map((library) => [
    library,
    ...kinds.map((kind) => formatSummary(summarize(measurements[kind]?.heapBytes?.[library] ?? []), 0)),
  ])
  return formatTable(['bytes of heap for a series', ...kinds], rows)
}

function scrapes({ scrape: { blockedMs = {}, cpuMs = {} } = {} }: Measurements): string {
  const rows = LIBRARIES.map((library) => [
    library,
    formatSummary(summarize(blockedMs[library] ?? []), 0),
    formatSummary(summarizeRatio(blockedMs, library, OURS), 2),
    formatSummary(summarize(cpuMs[library] ?? []), 0),
    formatSummary(summarizeRatio(cpuMs, library, OURS), 2),
  ])
  return formatTable(['a scrape', 'event loop blocked, ms', 'to ours', 'CPU, ms', 'to ours'], rows)
}

export const SERIES: Scenario = {
  name: 'series',
  title: 'Series: their memory, and their scrape',
  about: `Heap of a process after garbage collection and one scrape, for each of 10,000 series with four labels; a histogram has 14
buckets. The scrape is of 2,000 such histograms, each over the library's own HTTP path: for how long, at most, the event loop
stands still.`,
  measure,
  report: (measurements) =>
    [
      ...(KINDS.some((kind) => kind in measurements) ? [sizes(measurements)] : []),
      ...('scrape' in measurements ? [scrapes(measurements)] : []),
    ].join('\n\n'),
  charts: ({ histogram = {}, scrape = {} }) => ({
    'series-size.svg': {
      title: 'Heap of one histogram series with 14 buckets and 4 labels',
      unit: 'bytes',
      bars: LIBRARIES.map((label) => ({ label, summary: summarize(histogram.heapBytes?.[label] ?? []) })),
      ours: OURS,
    },
    'scrape.svg': {
      title: 'Event loop blocked by a scrape of 2,000 histogram series',
      unit: 'ms',
      bars: LIBRARIES.map((label) => ({ label, summary: summarize(scrape.blockedMs?.[label] ?? []) })),
      ours: OURS,
    },
  }),
}
