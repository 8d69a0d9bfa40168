import { APPS } from '../apps/index.ts'
import { type RaceSize, type Rounds, race } from '../race.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { BARE, variantsOf } from '../variants/index.ts'
import { type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

const SIZE: RaceSize = { rounds: 5, warmUp: 2000, turns: 2, requests: 4000, connections: 32 }
const SHORT: RaceSize = { rounds: 1, warmUp: 10, turns: 1, requests: 20, connections: 2 }

/** Resident memory of the hello-world server: when it listens, and after some load. */
async function measure(options: Options): Promise<Measurements> {
  const contestants = variantsOf('hello', options.variants).map((variant) => ({ name: variant.name, variant }))
  const size = sizeOf(options, SIZE, SHORT)
  const { startBytes, loadedBytes } = await race(APPS.hello, contestants, size, (round) =>
    options.say(`round ${round + 1} of ${size.rounds}`),
  )
  return { hello: { startBytes, loadedBytes } }
}

const megabytes = (rounds: Rounds): Rounds =>
  Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, values.map((bytes) => bytes / 2 ** 20)]))

export const MEMORY: Scenario = {
  name: 'memory',
  title: 'Resident memory',
  about: `Of the hello-world server's process: when it listens, and after ${(SIZE.warmUp + SIZE.turns * SIZE.requests).toLocaleString('en-US')} requests over ${SIZE.connections} connections.`,
  measure,
  report({ hello: { startBytes = {}, loadedBytes = {} } = {} }) {
    const [start, loaded] = [megabytes(startBytes), megabytes(loadedBytes)]
    const added = (rounds: Rounds, name: string) =>
      name === BARE.name ? '' : formatSummary(summarizeAdded(rounds, name), 1)
    const rows = Object.keys(start).map((name) => [
      name,
      formatSummary(summarize(start[name] ?? []), 1),
      added(start, name),
      formatSummary(summarize(loaded[name] ?? []), 1),
      added(loaded, name),
    ])
    return formatTable(['', 'after the start, MiB', 'added, MiB', 'after the load, MiB', 'added, MiB'], rows)
  },
  charts: ({ hello: { startBytes = {} } = {} }) => ({
    'memory.svg': {
      title: 'Resident memory added to a started server',
      unit: 'MiB',
      bars: Object.keys(startBytes)
        .filter((name) => name !== BARE.name)
        .map((label) => ({ label, summary: summarizeAdded(megabytes(startBytes), label) })),
    },
  }),
}
