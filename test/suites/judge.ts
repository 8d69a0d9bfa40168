import type { Options } from './options.ts'
import { type Outcome, runFile, type Way } from './run-file.ts'

/**
 * `same`: it passes without and with the preload. `fails anyway`: it fails in both. `any preload`: it fails with an empty
 * module as with the preload. `flaky`: the results differ, but not each time. `ours`: they differ each time, because of
 * the preload alone.
 */
export type Verdict = 'same' | 'fails anyway' | 'any preload' | 'flaky' | 'ours'

export interface Judgement {
  readonly file: string
  readonly verdict: Verdict
  /** All runs. An empty preload is only tried where the results of the other two differ. */
  readonly runs: Readonly<Record<Way, readonly Outcome[]>>
}

/** Judges files, several at the same time, and calls `onJudgement` with each as soon as it is judged. */
export async function judgeAll(
  files: readonly string[],
  options: Options,
  onJudgement: (judgement: Judgement) => void,
): Promise<void> {
  const left = [...files]
  async function work(slot: number): Promise<void> {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      onJudgement(await judge(file, slot, options))
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, (_, slot) => work(slot)))
}

async function judge(file: string, slot: number, options: Options): Promise<Judgement> {
  const runs: Record<Way, Outcome[]> = { plain: [], empty: [], preload: [] }
  const run = async (way: Way) => void runs[way].push(await runFile(file, way, slot, options))
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

function verdictOf(runs: Readonly<Record<Way, readonly Outcome[]>>): Verdict {
  const [plain, empty, preload] = [steady(runs.plain), steady(runs.empty), steady(runs.preload)]
  if (plain === undefined || empty === undefined || preload === undefined || plain === preload) return 'flaky'
  return empty === preload ? 'any preload' : 'ours'
}

/** True if all runs passed, false if none did, undefined if some did. */
function steady(outcomes: readonly Outcome[]): boolean | undefined {
  const passed = outcomes.filter((outcome) => outcome.passed).length
  if (passed === outcomes.length) return true
  return passed === 0 ? false : undefined
}
