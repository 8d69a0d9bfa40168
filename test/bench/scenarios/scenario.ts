import type { Chart } from '../report/chart.ts'
import type { Rounds } from '../side-by-side.ts'
import type { Variant } from '../variants/index.ts'

/** What a scenario measured: by the name of the case, then by the name of the measure. */
export type Measurements = Record<string, Record<string, Rounds>>

export interface Options {
  /** Measures only as little as shows that everything works, which is too little to mean anything. */
  readonly short: boolean
  /** The number of rounds. Default: the scenario's own. */
  readonly rounds?: number
  /** Runs an A/A test instead: the same contestant in every place, so that all ratios should be 1.00. Default: false. */
  readonly alike?: boolean
  readonly variants: readonly Variant[]
  /** The names of the cases to measure; when empty, all cases. */
  readonly cases: readonly string[]
  /** Called with a line about the progress. */
  log(text: string): void
}

/** One question that the benchmark answers: how it is measured, and how the result is shown. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** What exactly is measured, for readers of the tables. */
  readonly about: string
  /** The measures in which contestants are compared, and which an A/A test therefore checks. Default: all. */
  readonly compared?: readonly string[]
  measure(options: Options): Promise<Measurements>
  /** Returns the tables, in Markdown. */
  report(measurements: Measurements): string
  /** Returns the charts, by their file names. */
  charts?(measurements: Measurements): Readonly<Record<string, Chart>>
}

/** How many places an A/A test has at most. More would take longer, and show nothing else. */
const MAX_PLACES = 6

/**
 * Returns the contestants of a race. In an A/A test these are copies of the first one, as many as there are contestants,
 * up to a bound, with names that say their places.
 */
export function contestantsOf<T extends { readonly name: string }>(
  { alike = false }: Options,
  contestants: readonly T[],
): readonly T[] {
  const [first] = contestants
  if (!alike || first === undefined) return contestants
  return contestants.slice(0, MAX_PLACES).map((_, i) => ({ ...first, name: `place ${i + 1}` }))
}

/** Returns the scenario's own size, with the changes that the options make. */
export const sizeFor = <S extends { readonly rounds: number }>({ short, rounds }: Options, full: S, tiny: S): S =>
  short ? tiny : { ...full, rounds: rounds ?? full.rounds }

export const isSelected = ({ cases }: Options, name: string) => cases.length === 0 || cases.includes(name)
