import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { summarizeRatio } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { KIND_NAMES, KINDS } from './kinds.ts'
import { isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../libraries/serve.js', import.meta.url))

const LIBRARIES = ['packages/meter', 'sdk-metrics', 'prom-client', '@prometheus-io/client'] as const
const OURS = LIBRARIES[0]

/** The samples of one histogram: fourteen buckets and the infinite one, the sum and the count. */
const HISTOGRAM_SAMPLES = 17

/** A process that has a number of series in one library, and serves them. */
interface MetricsServer {
  /** Sends a command of `libraries/serve.js`, and returns its reply. */
  send(command: 'heap' | 'begin' | 'end'): Promise<Record<string, number>>
  /** @throws Error when a series is missing from the exposition */
  scrape(): Promise<void>
  stop(): void
}

async function startMetricsServer(library: string, kind: string, series: number): Promise<MetricsServer> {
  const child = fork(SCRIPT, [library, kind, String(series)], { execArgv: ['--expose-gc'], env: childEnv() })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    async send(command) {
      child.send(command)
      const [reply] = await once(child, 'message')
      return reply as Record<string, number>
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

type AddValue = (measure: string, library: string, value: number) => void

/** Measures the heap per series after a scrape, since libraries keep more of a series once it has been scraped. */
async function measureHeap(library: string, kind: string, series: number, add: AddValue): Promise<void> {
  const server = await startMetricsServer(library, kind, series)
  await server.scrape()
  add('heapBytes', library, (await server.send('heap')).bytes ?? Number.NaN)
  server.stop()
}

/** Measures the longest time for which a scrape blocks the event loop, and the CPU time of the scrape. */
async function measureScrape(library: string, series: number, scrapes: number, add: AddValue): Promise<void> {
  const server = await startMetricsServer(library, 'histogram', series)
  await server.scrape()
  const blocked: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < scrapes; i++) {
    await server.send('begin')
    await server.scrape()
    const { blockedMs = Number.NaN, cpuMs = Number.NaN } = await server.send('end')
    blocked.push(blockedMs)
    cpu.push(cpuMs)
  }
  server.stop()
  add('blockedMs', library, summarize(blocked).median)
  add('cpuMs', library, summarize(cpu).median)
}

async function measure(options: Options): Promise<Measurements> {
  const { rounds, series, scrapedSeries, scrapes } = sizeFor(
    options,
    { rounds: 3, series: 10_000, scrapedSeries: 2000, scrapes: 10 },
    { rounds: 1, series: 100, scrapedSeries: 100, scrapes: 2 },
  )
  const kinds = options.short ? ['histogram'] : KIND_NAMES.filter((kind) => isSelected(options, kind))
  const measurements: Measurements = {}
  const addTo =
    (name: string): AddValue =>
    (measure, library, value) => {
      measurements[name] ??= {}
      measurements[name][measure] ??= {}
      measurements[name][measure][library] ??= []
      measurements[name][measure][library].push(value)
    }
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`)
    for (const library of LIBRARIES) {
      for (const kind of kinds) await measureHeap(library, kind, series, addTo(kind))
      if (isSelected(options, 'scrape')) await measureScrape(library, scrapedSeries, scrapes, addTo('scrape'))
    }
  }
  return measurements
}

function heapTable(measurements: Measurements): string {
  const kinds = KIND_NAMES.filter((kind) => kind in measurements)
  const rows = LIBRARIES.map((library) => [
    library,
    ...kinds.map((kind) => formatSummary(summarize(measurements[kind]?.heapBytes?.[library] ?? []), 0)),
  ])
  return formatTable(['heap per series, bytes', ...kinds.map((kind) => KINDS[kind])], rows)
}

function scrapeTable({ scrape: { blockedMs = {}, cpuMs = {} } = {} }: Measurements): string {
  const rows = LIBRARIES.map((library) => [
    library,
    formatSummary(summarize(blockedMs[library] ?? []), 0),
    formatSummary(summarizeRatio(blockedMs, library, OURS), 2),
    formatSummary(summarize(cpuMs[library] ?? []), 0),
    formatSummary(summarizeRatio(cpuMs, library, OURS), 2),
  ])
  const relative = 'relative to packages/meter'
  return formatTable(['one scrape', 'event loop blocked, ms', relative, 'CPU, ms', relative], rows)
}

export const SERIES: Scenario = {
  name: 'series',
  title: 'The memory of series, and a scrape',
  about: `The first table shows the heap per series, measured in a process with 10,000 series of four labels each, after garbage
collection and one scrape; a histogram has 14 buckets. The second table shows what a scrape of 2,000 such histogram series
costs when each library serves it in its own way over HTTP: the longest time for which the event loop is blocked, and the
CPU time.`,
  measure,
  report: (measurements) =>
    [
      ...(KIND_NAMES.some((kind) => kind in measurements) ? [heapTable(measurements)] : []),
      ...('scrape' in measurements ? [scrapeTable(measurements)] : []),
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
