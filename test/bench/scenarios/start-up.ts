import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from '../../harness/environment.ts'
import type { Rounds } from '../race.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { BARE, type Variant } from '../variants/index.ts'
import { type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

/** An app that ends in its first line, because some variants would keep the process alive. */
const APP = ['-e', 'process.exit(0)']

/** The variants take turns. The first round fills the disk's cache and compile caches, and is not counted. */
async function measure(options: Options): Promise<Measurements> {
  const starting = options.variants.filter(({ name, flags }) => name === BARE.name || flags.length > 0)
  const { rounds } = sizeOf(options, { rounds: 25 }, { rounds: 1 })
  const wallMs: Rounds = Object.fromEntries(starting.map(({ name }) => [name, []]))
  options.say(`${rounds} rounds`)
  for (let round = -1; round < rounds; round++) {
    for (const variant of starting) {
      const time = await startOnce(variant)
      if (round >= 0) wallMs[variant.name]?.push(time)
    }
  }
  return { process: { wallMs } }
}

/** The time from before the process is spawned until it has ended, in milliseconds. */
async function startOnce({ name, flags, env = {} }: Variant): Promise<number> {
  const startMs = performance.now()
  // The variants that need a port end before they listen on it.
  const child = spawn(process.execPath, [...flags, ...APP], { env: { ...childEnv(), ...env }, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return performance.now() - startMs
}

export const START_UP: Scenario = {
  name: 'start-up',
  title: 'The start of a process',
  about: 'From before a process is spawned until one has ended whose app ends at once.',
  measure,
  report({ process: { wallMs = {} } = {} }) {
    const rows = Object.entries(wallMs).map(([name, times]) => [
      name,
      formatSummary(summarize(times), 0),
      name === BARE.name ? '' : formatSummary(summarizeAdded(wallMs, name), 0),
    ])
    return formatTable(['', 'wall time, ms', 'added to bare, ms'], rows)
  },
  charts: ({ process: { wallMs = {} } = {} }) => ({
    'start-up.svg': {
      title: 'Time added to the start of a process',
      unit: 'ms',
      bars: Object.keys(wallMs)
        .filter((name) => name !== BARE.name)
        .map((label) => ({ label, summary: summarizeAdded(wallMs, label) })),
    },
  }),
}
