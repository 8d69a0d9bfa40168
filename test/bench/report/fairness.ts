import type { Measurements, Scenario } from '../scenarios/scenario.ts'
import type { Rounds } from '../side-by-side.ts'
import { type Summary, summarize } from './statistics.ts'
import { formatNumber, formatTable } from './table.ts'

/**
 * How far the middle half of the rounds may be from 1.00 in an A/A test, in which all contestants are the same. A ratio of
 * different contestants means nothing below that.
 */
const TOLERANCE = 0.03

/** The ratio of what one place of an A/A test measured to the median of all places in the same round. */
interface PlaceRatio {
  readonly measure: string
  readonly place: string
  readonly ratio: Summary
}

/**
 * Returns the ratios of one case of an A/A test, for each place, in the measures that are compared. They are ratios to the
 * median of all places, since a ratio to one place would be that of two measurements, each with an error of its own.
 */
function ratiosOf({ compared }: Pick<Scenario, 'compared'>, measures: Readonly<Record<string, Rounds>>): PlaceRatio[] {
  return Object.entries(measures)
    .filter(([measure]) => compared === undefined || compared.includes(measure))
    .flatMap(([measure, rounds]) => {
      const values = Object.values(rounds)
      const medians = (values[0] ?? []).map((_, round) => summarize(values.map((place) => place[round] ?? 0)).median)
      return Object.entries(rounds).map(([place, placeValues]) => ({
        measure,
        place,
        ratio: summarize(placeValues.map((value, round) => value / (medians[round] ?? Number.NaN))),
      }))
    })
}

const isFair = ({ ratio }: PlaceRatio) => ratio.lower >= 1 - TOLERANCE && ratio.upper <= 1 + TOLERANCE

/** Returns a sentence for each place in which an A/A test of a case has measured something else than in the others. */
export function findUnfairPlaces(
  scenario: Pick<Scenario, 'compared'>,
  measures: Readonly<Record<string, Rounds>>,
): readonly string[] {
  return ratiosOf(scenario, measures)
    .filter((ratio) => !isFair(ratio))
    .map(({ measure, place, ratio: { median, lower, upper } }) => {
      const [m, l, u] = [median, lower, upper].map((value) => value.toFixed(3))
      return `${measure} of ${place} is ${m} (${l} to ${u}) of the median of all places, although all are the same`
    })
}

/** Returns a table of the A/A tests: the range in which all places of a case are. */
export function formatFairness(scenarios: readonly Scenario[], alike: Readonly<Record<string, Measurements>>): string {
  const rows = scenarios.flatMap((scenario) =>
    Object.entries(alike[scenario.name] ?? {}).map(([name, measures]) => {
      const ratios = ratiosOf(scenario, measures)
      const [first = {}] = Object.values(measures)
      return [
        scenario.title,
        name,
        String(Object.keys(first).length),
        formatNumber(Math.min(...ratios.map(({ ratio }) => ratio.lower)), 2),
        formatNumber(Math.max(...ratios.map(({ ratio }) => ratio.upper)), 2),
      ]
    }),
  )
  return formatTable(['what is measured', 'case', 'places', 'lowest quartile', 'highest quartile'], rows, 2)
}
