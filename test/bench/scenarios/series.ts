import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { shuffle } from '../shuffle.ts'
import { KIND_NAMES, KINDS } from './kinds.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../libraries/serve.js', import.meta.url))

const LIBRARIES = ['packages/meter', 'sdk-metrics', 'prom-client', '@prometheus-io/client'] as const
const OURS = LIBRARIES[0]

/** The samples of one histogram: fourteen buckets and the infinite one, the sum and the count. */
const HISTOGRAM_SAMPLES = 17

/** A process that has a number of series in one library, and serves them. */
interface MetricsServer {
  /** Returns the bytes of heap per series. */
  heapBytes(): Promise<number>
  /** @throws Error when a series is missing from the exposition */
  scrape(): Promise<void>
  stop(): void
}

async function startMetricsServer(library: string, kind: string, series: number): Promise<MetricsServer> {
  const child = fork(SCRIPT, [library, kind, String(series)], { execArgv: ['--expose-gc'], env: childEnv() })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    async heapBytes() {
      child.send('heap')
      const [{ bytes }] = (await once(child, 'message')) as [{ bytes: number }]
      return bytes
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

/** Measures the heap per series after a scrape, since libraries keep more of a series once it has been scraped. */
async function measureHeap(library: string, kind: string, series: number): Promise<number> {
  const server = await startMetricsServer(library, kind, series)
  await server.scrape()
  const bytes = await server.heapBytes()
  server.stop()
  return bytes
}

async function measure(options: Options): Promise<Measurements> {
  const { rounds, series } = sizeFor(options, { rounds: 3, series: 10_000 }, { rounds: 1, series: 100 })
  const kinds = options.short ? ['histogram'] : KIND_NAMES.filter((kind) => isSelected(options, kind))
  const measurements: Measurements = {}
  const contestants = contestantsOf(
    options,
    LIBRARIES.map((library) => ({ name: library, library })),
  )
  for (const kind of kinds)
    measurements[kind] = { heapBytes: Object.fromEntries(contestants.map(({ name }) => [name, []])) }
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`)
    for (const { name, library } of shuffle(contestants)) {
      for (const kind of kinds) measurements[kind]?.heapBytes?.[name]?.push(await measureHeap(library, kind, series))
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

export const SERIES: Scenario = {
  name: 'series',
  title: 'The memory of series',
  about: `The heap per series, measured in a process with 10,000 series of four labels each, after garbage collection and one
scrape; a histogram has 14 buckets.`,
  measure,
  report: heapTable,
  charts: ({ histogram = {} }) => ({
    'series-size.svg': {
      title: 'Heap of one histogram series with 14 buckets and 4 labels',
      unit: 'bytes',
      bars: LIBRARIES.map((label) => ({ label, summary: summarize(histogram.heapBytes?.[label] ?? []) })),
      ours: OURS,
    },
  }),
}
