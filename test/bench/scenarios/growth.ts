import { APPS, type App } from '../apps/index.ts'
import { type RaceSize, type Rounds, race } from '../race.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { BARE, OURS } from '../variants/index.ts'
import { isAsked, type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

interface Growth {
  readonly app: App
  /** The amounts that grow from case to case. */
  readonly of: string
  readonly varieties: readonly number[]
  readonly size: RaceSize
}

const PATHS = [10, 1000, 100_000]

/** A turn has as many requests as there are paths at most, so that each path gets one. */
const GROWTHS: Readonly<Record<string, Growth>> = {
  'hello-paths': {
    app: APPS.hello,
    of: 'distinct raw paths',
    varieties: PATHS,
    size: { rounds: 3, warmUp: 5000, turns: 5, requests: 20_000, connections: 32 },
  },
  'express-paths': {
    app: APPS.express,
    of: 'distinct raw paths',
    varieties: PATHS,
    size: { rounds: 2, warmUp: 3000, turns: 5, requests: 20_000, connections: 32 },
  },
  'stream-events': {
    app: APPS['llm-pass-through'],
    of: 'events in a stream',
    varieties: [500, 2000, 8000],
    size: { rounds: 5, warmUp: 60, turns: 6, requests: 10, connections: 2 },
  },
}

const SHORT: RaceSize = { rounds: 1, warmUp: 4, turns: 2, requests: 8, connections: 2 }

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const [name, { app, varieties, size: full }] of Object.entries(GROWTHS)) {
    if (!isAsked(options, name)) continue
    const size = sizeOf(options, full, SHORT)
    const contestants = varieties.flatMap((variety) =>
      [BARE, OURS].map((variant) => ({ name: `${variety} ${variant.name}`, variant, variety })),
    )
    const { cpuMicroseconds } = await race(app, contestants, size, (round) =>
      options.say(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds }
  }
  return measurements
}

const combine = (a: readonly number[], b: readonly number[], with_: (a: number, b: number) => number) =>
  summarize(a.map((value, round) => with_(value, b[round] ?? Number.NaN)))

function table({ of, varieties }: Growth, cpu: Rounds): string {
  const [least = 0] = varieties
  const rows = varieties.map((variety) => {
    const ours = cpu[`${variety} ${OURS.name}`] ?? []
    const bare = cpu[`${variety} ${BARE.name}`] ?? []
    const added = combine(ours, bare, (a, b) => a - b)
    const perOne = combine(ours, bare, (a, b) => (a - b) / variety)
    return [
      variety.toLocaleString('en-US'),
      formatSummary(summarize(bare), 1),
      formatSummary(summarize(ours), 1),
      formatSummary(added, 1),
      of.startsWith('events')
        ? formatSummary(perOne, 3)
        : formatSummary(
            combine(ours, cpu[`${least} ${OURS.name}`] ?? [], (a, b) => a / b),
            2,
          ),
    ]
  })
  const last = of.startsWith('events') ? 'added an event, µs' : `ours, to its CPU at ${least}`
  return formatTable([of, 'bare, µs a request', 'ours, µs', 'added, µs', last], rows)
}

export const GROWTH: Scenario = {
  name: 'growth',
  title: 'Growth',
  about: `What a request costs when clients ask for more and more distinct paths (it should not grow), and what a stream costs with
more and more events (it should grow with them, and no faster).`,
  measure,
  report: (measurements) =>
    Object.entries(GROWTHS)
      .filter(([name]) => name in measurements)
      .map(
        ([name, growth]) =>
          `### ${growth.app.title}: ${growth.of}\n\n${table(growth, measurements[name]?.cpuMicroseconds ?? {})}`,
      )
      .join('\n\n'),
}
