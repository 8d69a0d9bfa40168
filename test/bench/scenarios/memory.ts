import { APPS } from '../apps/index.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { measureSideBySide, type Rounds, type RunSize } from '../side-by-side.ts'
import { BARE, EMPTY_PRELOAD, variantsFor } from '../variants/index.ts'
import { contestantsOf, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const SIZE: RunSize = { rounds: 9, processes: 2, warmUp: 2000, turns: 2, requests: 4000, connections: 32 }
const SHORT: RunSize = { rounds: 1, warmUp: 10, turns: 1, requests: 20, connections: 2 }

async function measure(options: Options): Promise<Measurements> {
  const subjects = contestantsOf(
    options,
    [...variantsFor('hello', options.variants).filter(({ isFloor }) => !isFloor), EMPTY_PRELOAD].map((variant) => ({
      name: variant.name,
      variant,
    })),
  )
  const size = sizeFor(options, SIZE, SHORT)
  const { startBytes, loadedBytes } = await measureSideBySide(APPS.hello, subjects, size, (round) =>
    options.log(`round ${round + 1} of ${size.rounds}`),
  )
  return { hello: { startBytes, loadedBytes } }
}

export const mebibytes = (rounds: Rounds): Rounds =>
  Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, values.map((bytes) => bytes / 2 ** 20)]))

export const MEMORY: Scenario = {
  name: 'memory',
  title: 'Resident memory',
  about: `The resident memory of the hello-world server's process: once it listens, and after ${(SIZE.warmUp + SIZE.turns * SIZE.requests).toLocaleString('en-US')} requests over ${SIZE.connections}
connections. The number of a round is the mean of two processes.`,
  measure,
  report({ hello: { startBytes = {}, loadedBytes = {} } = {} }) {
    const [start, loaded] = [mebibytes(startBytes), mebibytes(loadedBytes)]
    const added = (rounds: Rounds, name: string) =>
      name === BARE.name ? '' : formatSummary(summarizeAdded(rounds, name), 1)
    const rows = Object.keys(start).map((name) => [
      name,
      formatSummary(summarize(start[name] ?? []), 1),
      added(start, name),
      formatSummary(summarize(loaded[name] ?? []), 1),
      added(loaded, name),
    ])
    return formatTable(['variant', 'after the start, MiB', 'added, MiB', 'after the load, MiB', 'added, MiB'], rows)
  },
  charts: ({ hello: { startBytes = {} } = {} }) => ({
    'memory.svg': {
      title: 'Resident memory added to a server that has just started',
      unit: 'MiB',
      bars: Object.keys(startBytes)
        .filter((name) => name !== BARE.name)
        .map((label) => ({ label, summary: summarizeAdded(mebibytes(startBytes), label) })),
    },
  }),
}
