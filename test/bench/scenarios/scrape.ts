import { summarizeRatio } from '../report/ratios.ts'
import { type Summary, summarize } from '../report/statistics.ts'
import { formatNumber, formatSummary, formatTable } from '../report/table.ts'
import { BARE, CASE_GROUPS, CLIENTS, OURS, type ScrapeCase, SHORT_CASES } from '../scrape/cases.ts'
import { measureScrapes, type ScrapeRunSize } from '../scrape/measure-scrapes.ts'
import type { Rounds } from '../side-by-side.ts'
import type { Variant } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const SHORT: ScrapeRunSize = { rounds: 1, turns: 1, warmUp: 1, scrapes: 1 }

/** Small expositions are scraped more often, since a scrape of one takes less time and varies more. */
function runSizeOf({ lines, processes }: ScrapeCase): ScrapeRunSize {
  if (processes > 1 || lines > 20_000) return { rounds: 3, turns: 5, warmUp: 2, scrapes: 1 }
  if (lines > 2000) return { rounds: 3, turns: 10, warmUp: 4, scrapes: 1 }
  return { rounds: 3, turns: 10, warmUp: 20, scrapes: 4 }
}

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  const cases = options.short ? [SHORT_CASES] : CASE_GROUPS.map((group) => group.cases)
  for (const [name, scrapeCase] of cases.flatMap(Object.entries<ScrapeCase>)) {
    if (!isSelected(options, name)) continue
    const selected = scrapeCase.contestants.filter((contestant) => isOfVariants(contestant, options.variants))
    const contestants = contestantsOf(
      options,
      selected.map((contestant) => ({ name: contestant })),
    ).map((contestant) => contestant.name)
    const library = options.alike ? { library: OURS } : {}
    const size = sizeFor(options, runSizeOf(scrapeCase), SHORT)
    measurements[name] = await measureScrapes({ ...scrapeCase, ...library, contestants }, size, (round) =>
      options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
  }
  return measurements
}

/** Whether the package that the contestant measures is one of a variant that is selected. */
function isOfVariants(contestant: string, variants: readonly Variant[]): boolean {
  const packages = variants.flatMap((variant) => variant.packages)
  if (contestant.startsWith('exporter-prometheus')) return packages.includes('@opentelemetry/sdk-metrics')
  return contestant === BARE || packages.includes(contestant.replace(/, .*/, ''))
}

/** The CPU time of our scrape, by default of all threads, relative to that of the client that is better in the round. */
export function summarizeToBetterClient(
  costs: Record<string, Rounds>,
  measure: 'cpuMs' | 'threadMs' = 'cpuMs',
): Summary {
  const cpu = costs[measure] ?? {}
  const [a = [], b = []] = CLIENTS.map((name) => cpu[name])
  const better = a.map((value, round) => Math.min(value, b[round] ?? Number.NaN))
  return summarizeRatio({ ours: cpu[OURS] ?? [], better }, 'ours', 'better')
}

const HEAD = [
  'served by',
  'CPU, ms',
  'per line, µs',
  'CPU of ours, relative to this',
  'CPU of the main thread, ms',
  'longest slice, ms',
  'longest of all, ms',
  'wall time, ms',
  'body, KB',
  'peak of the heap',
  'peak of resident memory',
  'kept, KB',
]

function rowsOf({ processes }: ScrapeCase, costs: Record<string, Rounds>): string[][] {
  const { cpuMs = {}, textBytes = {} } = costs
  const medianOf = (measure: string, name: string) => summarize(costs[measure]?.[name] ?? []).median
  return Object.keys(cpuMs).map((name) => {
    const median = (measure: string, digits: number, unit = 1) => formatNumber(medianOf(measure, name) / unit, digits)
    const perText = (measure: string) =>
      formatNumber(medianOf(measure, name) / summarize(textBytes[name] ?? []).median, 1)
    return [
      ...(processes > 1 ? [String(processes)] : []),
      median('lines', 0),
      name,
      median('cpuMs', 2),
      formatNumber((1000 * medianOf('cpuMs', name)) / medianOf('lines', name), 2),
      name === OURS || name === BARE || !(OURS in cpuMs) ? '' : formatSummary(summarizeRatio(cpuMs, OURS, name), 2),
      median('threadMs', 2),
      median('sliceMs', 1),
      formatNumber(Math.max(...(costs.worstSliceMs?.[name] ?? [])), 1),
      median('wallMs', 1),
      median('bytes', 0, 1000),
      perText('usedBytes'),
      perText('residentBytes'),
      median('keptBytes', 0, 1000),
    ]
  })
}

function report(measurements: Measurements): string {
  return CASE_GROUPS.flatMap(({ title, cases }) => {
    const measured = Object.entries(cases).filter(([name]) => name in measurements)
    const rows = measured.flatMap(([name, scrapeCase]) => rowsOf(scrapeCase, measurements[name] ?? {}))
    if (rows.length === 0) return []
    const isShared = measured.some(([, { processes }]) => processes > 1)
    const head = [...(isShared ? ['processes'] : []), 'lines', ...HEAD]
    return `### ${title}\n\n${formatTable(head, rows, isShared ? 3 : 2)}`
  }).join('\n\n')
}

const chart = (title: string, rounds: Rounds) => ({
  title,
  unit: 'ms',
  bars: Object.keys(rounds).map((label) => ({ label, summary: summarize(rounds[label] ?? []) })),
})

export const SCRAPE: Scenario = {
  name: 'scrape',
  title: 'A scrape',
  about: `What one scrape costs the process that serves it, over HTTP. All have the same samples of the four metrics of requests
(bare has the text of prom-client in memory), and the same client scrapes them over one connection. Between two scrapes,
400 series change. A slice is the CPU time of the main thread in one iteration of the event loop: an app waits that long.
The peaks are what a scrape adds to memory at most, garbage included, divided by the length of the text before compression;
what is kept is there after a collection. Of several processes, the costs are those of the process that responds: our
leader, the primary of a client's cluster, or the only process of a client, which has recorded what all of them would have.`,
  compared: ['cpuMs'],
  measure,
  report,
  charts: ({ '92000-text': { cpuMs = {}, sliceMs = {} } = {} }) => ({
    'scrape-cpu.svg': chart('CPU time of a scrape of 92,000 lines', cpuMs),
    'scrape-slice.svg': chart('Longest slice of a scrape of 92,000 lines', sliceMs),
  }),
}
