import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { childEnv } from '../../harness/environment.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { shuffle } from '../shuffle.ts'
import type { Rounds } from '../side-by-side.ts'
import { BARE, EMPTY_PRELOAD, type Variant } from '../variants/index.ts'
import { contestantsOf, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/**
 * An app that prints the CPU time that its process has used, in microseconds, and ends at once, so that only what runs
 * before its first line is measured: some variants would keep it alive.
 */
const APP = 'const { user, system } = process.cpuUsage(); fs.writeSync(1, String(user + system)); process.exit(0)'

/** The medians of the starts of each round. The first starts fill the disk cache and the compile caches, and do not count. */
async function measure(options: Options): Promise<Measurements> {
  const compared = contestantsOf(options, [
    ...options.variants.filter(({ name, flags, isFloor }) => name === BARE.name || (flags.length > 0 && !isFloor)),
    EMPTY_PRELOAD,
  ])
  const { rounds, starts } = sizeFor(options, { rounds: 9, starts: 15 }, { rounds: 1, starts: 1 })
  const wallMs: Rounds = Object.fromEntries(compared.map(({ name }) => [name, []]))
  const cpuMs: Rounds = Object.fromEntries(compared.map(({ name }) => [name, []]))
  for (const variant of compared) await startOnce(variant)
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`)
    const times = new Map(compared.map(({ name }) => [name, { wall: [] as number[], cpu: [] as number[] }]))
    for (let i = 0; i < starts; i++) {
      for (const variant of shuffle(compared)) {
        const { wall, cpu } = await startOnce(variant)
        times.get(variant.name)?.wall.push(wall)
        times.get(variant.name)?.cpu.push(cpu)
      }
    }
    for (const [name, { wall, cpu }] of times) {
      wallMs[name]?.push(summarize(wall).median)
      cpuMs[name]?.push(summarize(cpu).median)
    }
  }
  return { process: { wallMs, cpuMs } }
}

/** Returns the milliseconds from before the process is spawned until it has ended, and those of CPU time that it used. */
async function startOnce({ name, flags, env = {} }: Variant): Promise<{ wall: number; cpu: number }> {
  const startMs = performance.now()
  // Variants that need a port are not given one, because the process ends before any of them listens.
  const child = spawn(process.execPath, [...flags, '-e', APP], {
    env: { ...childEnv(), ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const output = text(child.stdout)
  const [code] = await once(child, 'exit')
  const wall = performance.now() - startMs
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
  return { wall, cpu: Number(await output) / 1000 }
}

export const START_UP: Scenario = {
  name: 'start-up',
  title: 'The start of a process',
  about: `The time from before a process is spawned until it has ended, and the CPU time that it has used by then. Its app ends at
once. The number of a round is the median of fifteen starts.`,
  measure,
  report({ process: { wallMs = {}, cpuMs = {} } = {} }) {
    const added = (rounds: Rounds, name: string) =>
      name === BARE.name ? '' : formatSummary(summarizeAdded(rounds, name), 0)
    // Results that were measured before there was a CPU time have none.
    const times = [
      { heading: 'wall time, ms', rounds: wallMs },
      { heading: 'CPU time, ms', rounds: cpuMs },
    ].filter(({ rounds }) => Object.keys(rounds).length > 0)
    const rows = Object.keys(wallMs).map((name) => [
      name,
      ...times.flatMap(({ rounds }) => [formatSummary(summarize(rounds[name] ?? []), 0), added(rounds, name)]),
    ])
    return formatTable(['variant', ...times.flatMap(({ heading }) => [heading, 'added, ms'])], rows)
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
