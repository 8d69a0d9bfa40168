import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from '../../harness/environment.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import type { Rounds } from '../side-by-side.ts'
import { BARE, type Variant } from '../variants/index.ts'
import { type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/** An app that ends at once, so that only what runs before its first line is measured: some variants would keep it alive. */
const APP = ['-e', 'process.exit(0)']

/** Starts the variants in turns. The first round fills the disk cache and the compile caches, and is not counted. */
async function measure(options: Options): Promise<Measurements> {
  const compared = options.variants.filter(({ name, flags }) => name === BARE.name || flags.length > 0)
  const { rounds } = sizeFor(options, { rounds: 25 }, { rounds: 1 })
  const wallMs: Rounds = Object.fromEntries(compared.map(({ name }) => [name, []]))
  options.log(`${rounds} rounds`)
  for (let round = -1; round < rounds; round++) {
    for (const variant of compared) {
      const durationMs = await startOnce(variant)
      if (round >= 0) wallMs[variant.name]?.push(durationMs)
    }
  }
  return { process: { wallMs } }
}

/** Returns the time from before the process is spawned until it has ended, in milliseconds. */
async function startOnce({ name, flags, env = {} }: Variant): Promise<number> {
  const startMs = performance.now()
  // Variants that need a port are not given one, because the process ends before any of them listens.
  const child = spawn(process.execPath, [...flags, ...APP], { env: { ...childEnv(), ...env }, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return performance.now() - startMs
}

export const START_UP: Scenario = {
  name: 'start-up',
  title: 'The start of a process',
  about: 'The time from before a process is spawned until it has ended. Its app ends at once.',
  measure,
  report({ process: { wallMs = {} } = {} }) {
    const rows = Object.entries(wallMs).map(([name, times]) => [
      name,
      formatSummary(summarize(times), 0),
      name === BARE.name ? '' : formatSummary(summarizeAdded(wallMs, name), 0),
    ])
    return formatTable(['variant', 'wall time, ms', 'added, ms'], rows)
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
