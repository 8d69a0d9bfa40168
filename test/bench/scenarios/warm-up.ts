import { APPS } from '../apps/index.ts'
import { race } from '../race.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatNumber, formatSummary, formatTable } from '../report/table.ts'
import { BARE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT } from '../variants/index.ts'
import { isAsked, type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

const VARIANTS = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
const TURNS = 4

/** The numbers of the requests at which a span of a process's life begins and ends. */
const SPANS = [
  [0, 1000],
  [1000, 5000],
  [5000, 10_000],
  [10_000, 30_000],
] as const

const nameOf = ([begin, end]: (typeof SPANS)[number]) => `${formatNumber(begin, 0)} to ${formatNumber(end, 0)}`

async function measure(options: Options): Promise<Measurements> {
  const contestants = VARIANTS.map((variant) => ({ name: variant.name, variant }))
  const measurements: Measurements = {}
  for (const span of options.short ? SPANS.slice(0, 1) : SPANS) {
    const name = nameOf(span)
    if (!isAsked(options, name)) continue
    const [begin, end] = span
    const full = { rounds: 3, warmUp: begin, turns: TURNS, requests: (end - begin) / TURNS, connections: 16 }
    const size = sizeOf(options, full, { ...full, rounds: 1, requests: 10 })
    const { cpuMicroseconds } = await race(APPS.hello, contestants, size, (round) =>
      options.say(`requests ${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds }
  }
  return measurements
}

export const WARM_UP: Scenario = {
  name: 'warm-up',
  title: 'The first requests',
  about: `CPU of a hello-world request at the beginning of a server's life, when the compiler is at work on all that is new to it.`,
  measure,
  report(measurements) {
    const [, ...others] = VARIANTS
    const rows = Object.entries(measurements).map(([span, { cpuMicroseconds = {} }]) => [
      span,
      formatSummary(summarize(cpuMicroseconds[BARE.name] ?? []), 1),
      ...others.map(({ name }) => formatSummary(summarizeAdded(cpuMicroseconds, name), 1)),
    ])
    return formatTable(['requests', 'bare, µs', ...others.map(({ name }) => `${name} adds`)], rows)
  },
}
