import type { Rounds } from '../side-by-side.ts'
import { BARE, OURS } from '../variants/index.ts'
import { type Summary, summarize } from './statistics.ts'

/** Compares two subjects within each round. */
function compareRounds(
  rounds: Rounds,
  subject: string,
  reference: string,
  compare: (value: number, reference: number) => number,
): number[] {
  const references = rounds[reference] ?? []
  return (rounds[subject] ?? []).map((value, round) => compare(value, references[round] ?? Number.NaN))
}

const ratio = (a: number, b: number) => a / b
const difference = (a: number, b: number) => a - b

/** Summarizes a subject's cost divided by that of another one, by default the bare app. */
export const summarizeRatio = (rounds: Rounds, subject: string, reference = BARE.name): Summary =>
  summarize(compareRounds(rounds, subject, reference, ratio))

/** Summarizes what a subject adds to the cost of the bare app. */
export const summarizeAdded = (rounds: Rounds, subject: string, bare = BARE.name): Summary =>
  summarize(compareRounds(rounds, subject, bare, difference))

/** Summarizes what a subject adds, by default our variant, divided by what another one adds. */
export function summarizeAddedRatio(rounds: Rounds, other: string, subject = OURS.name): Summary {
  const added = {
    subject: compareRounds(rounds, subject, BARE.name, difference),
    other: compareRounds(rounds, other, BARE.name, difference),
  }
  return summarize(compareRounds(added, 'subject', 'other', ratio))
}
