import type { Rounds } from '../race.ts'
import type { Chart } from '../report/chart.ts'
import type { Variant } from '../variants/index.ts'

/** What a scenario measured: of each case and each measure, for each contestant, a number a round. */
export type Measurements = Record<string, Record<string, Rounds>>

export interface Options {
  /** As little as shows that everything works: too little to mean anything. */
  readonly short: boolean
  /** In place of the scenario's own number. */
  readonly rounds?: number
  readonly variants: readonly Variant[]
  /** The only cases that are measured; all, when there is none. */
  readonly cases: readonly string[]
  /** Hears of the progress. */
  say(text: string): void
}

/** What the run is about: one question, measured and told. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** What exactly is measured, for the reader of the tables. */
  readonly about: string
  measure(options: Options): Promise<Measurements>
  /** In Markdown. */
  report(measurements: Measurements): string
  /** By the name of their file. */
  charts?(measurements: Measurements): Readonly<Record<string, Chart>>
}

/** The scenario's own size, as far as the options do not change it. */
export const sizeOf = <S extends { readonly rounds: number }>({ short, rounds }: Options, full: S, tiny: S): S =>
  short ? tiny : { ...full, rounds: rounds ?? full.rounds }

export const isAsked = ({ cases }: Options, name: string) => cases.length === 0 || cases.includes(name)
