import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { childEnv } from '../harness/environment.ts'
import { summarize } from './statistics.ts'
import { formatSummary, formatTable } from './table.ts'
import { AUTO_INSTRUMENTATIONS, BARE, HTTP_INSTRUMENTATION, OURS, type Variant } from './variants/index.ts'

const VARIANTS = [BARE, OURS, HTTP_INSTRUMENTATION, AUTO_INSTRUMENTATIONS] as const

/** Nothing but what comes before an app's first line: some variants would keep the process alive. */
const APP = ['-e', 'process.exit(0)']

/**
 * Wall time of processes whose app ends at once, in milliseconds, a measurement a round. The variants take turns. The
 * first round is for the disk's cache and is not counted.
 */
export async function measureStartUp(rounds: number): Promise<Map<Variant, number[]>> {
  const measurements = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]))
  for (let round = -1; round < rounds; round++) {
    for (const variant of VARIANTS) {
      const milliseconds = await run(variant)
      if (round >= 0) measurements.get(variant)?.push(milliseconds)
    }
  }
  return measurements
}

async function run({ name, flags, env }: Variant): Promise<number> {
  const startMs = performance.now()
  const child = spawn(process.execPath, [...flags, ...APP], { env: { ...childEnv(), ...env }, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${name} ended with ${code} at its start`)
  return performance.now() - startMs
}

export function formatStartUp(measurements: ReadonlyMap<Variant, readonly number[]>): string {
  const of = (variant: Variant) => measurements.get(variant) ?? []
  const rows = VARIANTS.map((variant) => [
    variant.name,
    formatSummary(summarize(of(variant)), 0),
    formatSummary(summarize(of(variant).map((time, round) => time - (of(BARE)[round] ?? Number.NaN))), 0),
  ])
  return formatTable(['start of a process', 'wall time, ms', 'added to bare, ms'], rows)
}
