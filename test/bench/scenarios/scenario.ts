import type { Rounds } from '../race.ts'
import type { Chart } from '../report/chart.ts'
import type { Variant } from '../variants/index.ts'

/** The measurements of a scenario: one number a round, by case, measure and contestant. */
export type Measurements = Record<string, Record<string, Rounds>>

export interface Options {
  /** Whether to measure only as much as shows that everything works, which is too little to mean anything. */
  readonly short: boolean
  /** The number of rounds, in place of the scenario's own. */
  readonly rounds?: number
  readonly variants: readonly Variant[]
  /** The only cases that are measured; all if it is empty. */
  readonly cases: readonly string[]
  /** Called with the progress. */
  say(text: string): void
}

/** One question, how it is measured and how the result is shown. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** What exactly is measured, as the reader of the tables needs to know it. */
  readonly about: string
  measure(options: Options): Promise<Measurements>
  /** The tables, in Markdown. */
  report(measurements: Measurements): string
  /** The charts, by the names of their files. */
  charts?(measurements: Measurements): Readonly<Record<string, Chart>>
}

/** The scenario's own size, as far as the options do not change it. */
export const sizeOf = <S extends { readonly rounds: number }>({ short, rounds }: Options, full: S, tiny: S): S =>
  short ? tiny : { ...full, rounds: rounds ?? full.rounds }

export const isAsked = ({ cases }: Options, name: string) => cases.length === 0 || cases.includes(name)
