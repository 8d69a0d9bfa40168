import type { Families, HistogramSeries, Labels } from './family.ts'

/** The numbers of one group of series: the value, or a histogram's, as `Buckets` has them. */
export type Numbers = readonly number[]

/** Numbers by group. */
export type Groups = ReadonlyMap<string, Numbers>

/** A sum over the series of one metric, by a key that is made from their labels. */
export interface Query {
  /** The name of the metric. */
  readonly metric: string
  readonly groupOf: (labels: Labels) => string
}

/** What the numbers of a histogram are: its counts by bucket come first, then its sum. */
interface Buckets {
  readonly counts: readonly number[]
  readonly sum: number
}

const GROUPLESS = ''

/** Creates the query that sums all series of a metric. */
export const sumOf = (metric: string): Query => ({ metric, groupOf: () => GROUPLESS })

/** Creates the query that sums the series of a metric by the values of these labels, which `splitKey` takes apart. */
export const sumBy = (metric: string, ...labels: readonly string[]): Query => ({
  metric,
  groupOf: (own) => JSON.stringify(labels.map((label) => own.get(label) ?? '')),
})

export const splitKey = (key: string): readonly string[] => JSON.parse(key)

/** Runs a query on a scrape. */
export function run({ metric, groupOf }: Query, families: Families): Groups {
  const family = families.get(metric)
  const groups = new Map<string, number[]>()
  for (const { labels, value } of family?.samples ?? []) addTo(groups, groupOf(labels), [value])
  for (const series of family?.histograms ?? []) addTo(groups, groupOf(series.labels), numbersOf(series))
  return groups
}

const numbersOf = ({ counts, sum }: HistogramSeries) => [...counts, sum]

function addTo(groups: Map<string, number[]>, key: string, numbers: number[]): void {
  const known = groups.get(key)
  if (known === undefined) groups.set(key, numbers)
  else for (const [i, number] of numbers.entries()) known[i] = (known[i] ?? 0) + number
}

/** The numbers of the group that `sumOf` makes. */
export const only = (groups: Groups | undefined): Numbers | undefined => groups?.get(GROUPLESS)

/** Takes the numbers of a histogram apart. */
export const bucketsOf = (numbers: Numbers): Buckets => ({ counts: numbers.slice(0, -1), sum: numbers.at(-1) ?? 0 })

/** Returns the upper bounds of a histogram's buckets, which an app may have set; the last one is Infinity. */
export const boundsOf = (metric: string, families: Families): readonly number[] =>
  families.get(metric)?.histograms[0]?.bounds ?? []

/**
 * Returns by how much counters have grown from an earlier scrape to a later one. Where one has fallen, or a histogram has
 * other buckets, the app has been restarted, and it has grown from 0.
 */
export function increase(earlier: Groups, later: Groups): Groups {
  const growth = new Map<string, Numbers>()
  for (const [key, numbers] of later) {
    const before = earlier.get(key)
    const isReset = before?.length !== numbers.length || numbers.some((number, i) => number < (before[i] ?? 0))
    growth.set(key, isReset ? numbers : numbers.map((number, i) => number - (before[i] ?? 0)))
  }
  return growth
}
