import {
  boundsOf,
  bucketsOf,
  type Families,
  type Groups,
  histogramQuantile,
  increase,
  type Query,
  run,
  splitKey,
} from '@agentgateway-otel/exporter/reading'
import type { Snapshot } from './snapshot.ts'

/** What is known of the requests of a group. A number that is not known is NaN. */
export interface GroupActivity {
  readonly perSecond: number
  /** The part of the requests that failed, from 0 to 1. */
  readonly errorShare: number
}

/** Makes the key of a group from the values of its labels. */
export const keyOf = (...labels: readonly string[]): string => JSON.stringify(labels)

/** The time between two scrapes, or that since the app's start, with what its counters have grown by. */
export class Window {
  /** Undefined where there is only one scrape, and rates are not known. */
  readonly seconds: number | undefined
  /** The metrics at its end. */
  readonly families: Families
  readonly #earlier: Families | undefined

  constructor(later: Snapshot, earlier: Snapshot | undefined) {
    this.families = later.scrape.families
    this.#earlier = earlier?.scrape.families
    this.seconds = earlier && (later.scrape.startMs - earlier.scrape.startMs) / 1000
  }

  perSecond(count: number): number {
    return this.seconds === undefined ? Number.NaN : count / this.seconds
  }

  growth(query: Query): Groups {
    const groups = run(query, this.families)
    return this.#earlier === undefined ? groups : increase(run(query, this.#earlier), groups)
  }

  /** Returns a function that estimates a quantile of one group of a histogram. */
  quantiles(query: Query): (quantile: number, ...labels: readonly string[]) => number {
    const bounds = boundsOf(query.metric, this.families)
    const groups = this.growth(query)
    return (quantile, ...labels) => {
      const numbers = groups.get(keyOf(...labels))
      return numbers === undefined ? Number.NaN : histogramQuantile(quantile, bounds, bucketsOf(numbers).counts)
    }
  }

  /** The highest finite bound of a histogram, which stands for all quantiles above it. */
  highestBound({ metric }: Query): number {
    return boundsOf(metric, this.families).at(-2) ?? Number.NaN
  }

  /** The value of a gauge: 0 where it has no series, NaN where the app does not make it. */
  gauge(query: Query, ...labels: readonly string[]): number {
    if (!this.families.has(query.metric)) return Number.NaN
    return run(query, this.families).get(keyOf(...labels))?.[0] ?? 0
  }

  /**
   * Counts the requests of a query whose last label says whether one failed, by its other labels. The largest rate comes
   * first, and then the largest total.
   *
   * @returns undefined where the app does not make the metric
   */
  outcomes<Row>(
    query: Query,
    hasFailed: (outcome: string) => boolean,
    rowOf: (labels: readonly string[], group: GroupActivity) => Row,
  ): readonly Row[] | undefined {
    if (!this.families.has(query.metric)) return undefined
    const totals = run(query, this.families)
    const groups = new Map<string, { labels: readonly string[]; grown: number; failed: number; total: number }>()
    for (const [key, [count = 0]] of this.growth(query)) {
      const labels = splitKey(key).slice(0, -1)
      const group = groups.get(keyOf(...labels)) ?? { labels, grown: 0, failed: 0, total: 0 }
      groups.set(keyOf(...labels), group)
      group.grown += count
      if (hasFailed(splitKey(key).at(-1) ?? '')) group.failed += count
      group.total += totals.get(key)?.[0] ?? 0
    }
    return [...groups.values()]
      .sort((a, b) => b.grown - a.grown || b.total - a.total)
      .map(({ labels, grown, failed }) =>
        rowOf(labels, { perSecond: this.perSecond(grown), errorShare: grown === 0 ? Number.NaN : failed / grown }),
      )
  }
}
