import type { Facts } from './facts.ts'

/** One thing that the doctor looks for. */
export interface Finding {
  /** What `--json` calls it. It never changes. */
  readonly code: string
  /** What is wrong, in a sentence of the documentation. */
  readonly summary: string
  /** The section of the documentation that explains it, from the root of the repository: `docs/troubleshooting.md#…`. */
  readonly section: string
  /** Looks for it. It returns nothing where there was nothing to look at. */
  check(facts: Facts): readonly Result[] | Promise<readonly Result[]>
}

/** What came of looking. */
export interface Result {
  readonly level: Level
  /** What is wrong, with which value, or what is well. */
  readonly what: string
  /** What to do; undefined where nothing need be done. */
  readonly advice?: string
}

export type Level =
  /** Metrics are missing or wrong. */
  | 'problem'
  /** The doctor could not see what it was to look at. */
  | 'unseen'
  /** Something may be better, or has to be known. */
  | 'hint'
  | 'well'

export const problem = (what: string, advice: string): Result => ({ level: 'problem', what, advice })
export const unseen = (what: string, advice: string): Result => ({ level: 'unseen', what, advice })
export const hint = (what: string, advice: string): Result => ({ level: 'hint', what, advice })
export const well = (what: string): Result => ({ level: 'well', what })
