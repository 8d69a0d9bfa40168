import type { Rounds } from '../race.ts'
import { BARE, OURS } from '../variants/index.ts'
import { type Summary, summarize } from './statistics.ts'

/** The ratios of two contestants, round by round. */
function within(rounds: Rounds, one: string, other: string, compare: (a: number, b: number) => number): number[] {
  const others = rounds[other] ?? []
  return (rounds[one] ?? []).map((value, round) => compare(value, others[round] ?? Number.NaN))
}

const ratio = (a: number, b: number) => a / b
const difference = (a: number, b: number) => a - b

export const summarizeRatio = (rounds: Rounds, one: string, other = BARE.name): Summary =>
  summarize(within(rounds, one, other, ratio))

/** The CPU that a contestant adds to the bare app. */
export const summarizeAdded = (rounds: Rounds, one: string, bare = BARE.name): Summary =>
  summarize(within(rounds, one, bare, difference))

/** The CPU that ours adds to the bare app, in proportion to what another contestant adds. */
export function summarizeAddedRatio(rounds: Rounds, other: string): Summary {
  const added = {
    ours: within(rounds, OURS.name, BARE.name, difference),
    other: within(rounds, other, BARE.name, difference),
  }
  return summarize(within(added, 'ours', 'other', ratio))
}
