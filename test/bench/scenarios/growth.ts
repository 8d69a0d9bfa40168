import { APPS, type App } from '../apps/index.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { measureSideBySide, type Rounds, type RunSize } from '../side-by-side.ts'
import { BARE, OURS } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/** A case in which the scale of an app's traffic grows. */
interface Growth {
  readonly app: App
  /** What there is more and more of. */
  readonly scaled: 'distinct raw paths' | 'events in a stream'
  readonly scales: readonly number[]
  readonly size: RunSize
}

const PATHS = [10, 1000, 100_000]

/** The cases. All turns together have as many requests as there are paths at most, so that every path is requested. */
const GROWTHS: Readonly<Record<string, Growth>> = {
  'hello-paths': {
    app: APPS.hello,
    scaled: 'distinct raw paths',
    scales: PATHS,
    size: { rounds: 3, warmUp: 5000, turns: 5, requests: 20_000, connections: 32 },
  },
  'express-paths': {
    app: APPS.express,
    scaled: 'distinct raw paths',
    scales: PATHS,
    size: { rounds: 2, warmUp: 3000, turns: 5, requests: 20_000, connections: 32 },
  },
  'stream-events': {
    app: APPS['llm-pass-through'],
    scaled: 'events in a stream',
    scales: [500, 2000, 8000],
    size: { rounds: 5, warmUp: 60, turns: 6, requests: 10, connections: 2 },
  },
}

const SHORT: RunSize = { rounds: 1, warmUp: 4, turns: 2, requests: 8, connections: 2 }

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const [name, { app, scales, size: full }] of Object.entries(GROWTHS)) {
    if (!isSelected(options, name)) continue
    const size = sizeFor(options, full, SHORT)
    const subjects = contestantsOf(
      options,
      scales.flatMap((scale) => [BARE, OURS].map((variant) => ({ name: `${scale} ${variant.name}`, variant, scale }))),
    )
    const { cpuMicroseconds } = await measureSideBySide(app, subjects, size, (round) =>
      options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds }
  }
  return measurements
}

/** Combines two lists round by round, and summarizes the results. */
const combine = (a: readonly number[], b: readonly number[], combineValues: (a: number, b: number) => number) =>
  summarize(a.map((value, round) => combineValues(value, b[round] ?? Number.NaN)))

function table({ scaled, scales }: Growth, cpu: Rounds): string {
  const [smallest = 0] = scales
  const isStream = scaled === 'events in a stream'
  const rows = scales.map((scale) => {
    const ours = cpu[`${scale} ${OURS.name}`] ?? []
    const bare = cpu[`${scale} ${BARE.name}`] ?? []
    const added = combine(ours, bare, (a, b) => a - b)
    const addedPerEvent = combine(ours, bare, (a, b) => (a - b) / scale)
    const relativeToSmallest = combine(ours, cpu[`${smallest} ${OURS.name}`] ?? [], (a, b) => a / b)
    return [
      scale.toLocaleString('en-US'),
      formatSummary(summarize(bare), 1),
      formatSummary(summarize(ours), 1),
      formatSummary(added, 1),
      isStream ? formatSummary(addedPerEvent, 3) : formatSummary(relativeToSmallest, 2),
    ]
  })
  const last = isStream ? 'added per event, µs' : `ours, relative to ours at ${smallest}`
  return formatTable([scaled, 'bare, µs per request', 'ours, µs per request', 'added, µs', last], rows)
}

export const GROWTH: Scenario = {
  name: 'growth',
  title: 'Growth',
  about: `What a request costs as clients ask for more and more distinct paths (the cost should not grow), and what a stream costs as
it has more and more events (the cost should grow with the number of events, and no faster).`,
  compared: ['cpuMicroseconds'],
  measure,
  report: (measurements) =>
    Object.entries(GROWTHS)
      .filter(([name]) => name in measurements)
      .map(
        ([name, growth]) =>
          `### ${growth.app.title}: ${growth.scaled}\n\n${table(growth, measurements[name]?.cpuMicroseconds ?? {})}`,
      )
      .join('\n\n'),
}
