import type { Options } from './options.ts'
import { type Mode, type Outcome, runFile } from './run-file.ts'

/**
 * How the results of a file's runs differ.
 *
 * - `same`: the file passes both without and with the preload
 * - `fails anyway`: it fails both without and with the preload
 * - `any preload`: its result is the same with an empty module as with the preload
 * - `flaky`: its results differ, but not in every repetition
 * - `ours`: its results differ in every repetition, and only because of the preload
 */
export type Verdict = 'same' | 'fails anyway' | 'any preload' | 'flaky' | 'ours'

export interface Comparison {
  readonly file: string
  readonly verdict: Verdict
  /** The outcomes of all runs. The empty module is only used where the outcomes without and with the preload differ. */
  readonly runs: Readonly<Record<Mode, readonly Outcome[]>>
}

/** Compares the runs of each file, `options.concurrency` files at a time, and calls back with each result at once. */
export async function compareFiles(
  files: readonly string[],
  options: Options,
  onComparison: (comparison: Comparison) => void,
): Promise<void> {
  const queue = [...files]
  async function worker(slot: number): Promise<void> {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      onComparison(await compareFile(file, slot, options))
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, (_, slot) => worker(slot)))
}

async function compareFile(file: string, slot: number, options: Options): Promise<Comparison> {
  const runs: Record<Mode, Outcome[]> = { plain: [], empty: [], preload: [] }
  const run = async (mode: Mode) => void runs[mode].push(await runFile(file, mode, slot, options))
  await run('plain')
  await run('preload')
  if (runs.plain[0]?.passed === runs.preload[0]?.passed) {
    return { file, verdict: runs.plain[0]?.passed ? 'same' : 'fails anyway', runs }
  }
  await run('empty')
  for (let i = 0; i < options.repeats; i++) {
    await run('plain')
    await run('preload')
    await run('empty')
  }
  return { file, verdict: verdictOf(runs), runs }
}

function verdictOf(runs: Readonly<Record<Mode, readonly Outcome[]>>): Verdict {
  const [plain, empty, preload] = [passesIn(runs.plain), passesIn(runs.empty), passesIn(runs.preload)]
  if (plain === undefined || empty === undefined || preload === undefined || plain === preload) return 'flaky'
  return empty === preload ? 'any preload' : 'ours'
}

/** Returns true if all runs passed, false if none did, and undefined otherwise. */
function passesIn(outcomes: readonly Outcome[]): boolean | undefined {
  const passed = outcomes.filter((outcome) => outcome.passed).length
  if (passed === outcomes.length) return true
  return passed === 0 ? false : undefined
}
