import { APPS } from '../apps/index.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatNumber, formatSummary, formatTable } from '../report/table.ts'
import { measureSideBySide } from '../side-by-side.ts'
import { BARE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const VARIANTS = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
const TURNS = 4

/** The spans of requests in a process's life, each as the number of its first request and the number after its last. */
const SPANS = [
  [0, 1000],
  [1000, 5000],
  [5000, 10_000],
  [10_000, 30_000],
] as const

const nameOf = ([begin, end]: (typeof SPANS)[number]) => `${formatNumber(begin, 0)} to ${formatNumber(end, 0)}`

async function measure(options: Options): Promise<Measurements> {
  const subjects = contestantsOf(
    options,
    VARIANTS.map((variant) => ({ name: variant.name, variant })),
  )
  const measurements: Measurements = {}
  for (const span of options.short ? SPANS.slice(0, 1) : SPANS) {
    const name = nameOf(span)
    if (!isSelected(options, name)) continue
    const [begin, end] = span
    const full = { rounds: 3, warmUp: begin, turns: TURNS, requests: (end - begin) / TURNS, connections: 16 }
    const size = sizeFor(options, full, { ...full, rounds: 1, requests: 10 })
    const { cpuMicroseconds } = await measureSideBySide(APPS.hello, subjects, size, (round) =>
      options.log(`requests ${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds }
  }
  return measurements
}

export const WARM_UP: Scenario = {
  name: 'warm-up',
  title: 'The first requests',
  about: `CPU time of a hello-world request at the beginning of a server's life, while the compiler is still at work on its code.`,
  compared: ['cpuMicroseconds'],
  measure,
  report(measurements) {
    const [, ...others] = VARIANTS
    const rows = Object.entries(measurements).map(([span, { cpuMicroseconds = {} }]) => [
      span,
      formatSummary(summarize(cpuMicroseconds[BARE.name] ?? []), 1),
      ...others.map(({ name }) => formatSummary(summarizeAdded(cpuMicroseconds, name), 1)),
    ])
    return formatTable(['requests', 'bare, µs', ...others.map(({ name }) => `added by ${name}, µs`)], rows)
  },
}
