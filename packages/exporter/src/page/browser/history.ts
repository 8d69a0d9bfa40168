import type { Families } from '../../reading/family.ts'
import { type Groups, increase, type Query, run } from '../../reading/query.ts'

/** How much is kept and shown. */
export const HISTORY_MS = 10 * 60_000

/** Over how long a rate is taken. A shorter time would show the rhythm of the scrapes, not that of the traffic. */
const WINDOW_MS = 30_000

/** By how much counters have grown in a range of time. */
export interface Growth {
  readonly seconds: number
  readonly groups: Groups
}

interface Result {
  readonly groups: Groups
  /** The growth in the window that ends here; undefined at the first scrape. */
  readonly growth: Growth | undefined
}

/** The results of the queries at one scrape. */
interface Point {
  /** When it was taken, in milliseconds of a clock that goes on evenly. */
  readonly timeMs: number
  readonly results: ReadonlyMap<Query, Result>
}

const NOTHING: Groups = new Map()

/** The results of the page's queries, over the last ten minutes. They are lost when the page is closed. */
export class History {
  readonly #queries: readonly Query[]
  #points: readonly Point[] = []

  constructor(queries: readonly Query[]) {
    this.#queries = queries
  }

  add(timeMs: number, families: Families): void {
    const kept = this.#points.filter((point) => point.timeMs >= timeMs - HISTORY_MS)
    const start = kept.findLast((point) => timeMs - point.timeMs >= WINDOW_MS) ?? kept[0]
    const results = this.#queries.map((query): [Query, Result] => {
      const groups = run(query, families)
      const earlier = start?.results.get(query)?.groups
      if (start === undefined || earlier === undefined) return [query, { groups, growth: undefined }]
      return [query, { groups, growth: { seconds: (timeMs - start.timeMs) / 1000, groups: increase(earlier, groups) } }]
    })
    this.#points = [...kept, { timeMs, results: new Map(results) }]
  }

  get times(): readonly number[] {
    return this.#points.map(({ timeMs }) => timeMs)
  }

  /** The groups at each point. */
  groups(query: Query): readonly Groups[] {
    return this.#points.map(({ results }) => results.get(query)?.groups ?? NOTHING)
  }

  /** The growth in the window that ends at each point. */
  growths(query: Query): readonly (Growth | undefined)[] {
    return this.#points.map(({ results }) => results.get(query)?.growth)
  }

  latest(query: Query): Groups {
    return this.#points.at(-1)?.results.get(query)?.groups ?? NOTHING
  }

  latestGrowth(query: Query): Growth | undefined {
    return this.#points.at(-1)?.results.get(query)?.growth
  }
}
