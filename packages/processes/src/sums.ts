import { type Families, type Family, type Row, type Series, SeriesTable } from '@agentgateway-otel/exporter'
import { MAX_METRIC_SERIES, OTHER } from '@agentgateway-otel/metrics'
import type { Snapshot } from './snapshot.ts'

/**
 * A histogram's sum is rounded up to a multiple of this, about a millionth, before it is added. Multiples of one power
 * of two add up exactly in any order. Otherwise the sum of many processes could fall by its last bit when their order
 * changes, and Prometheus would count that as a restart from 0.
 */
const GRAIN = 2 ** -20

/** The sums of what many processes have counted. */
export class Sums {
  readonly table: SeriesTable
  /** Which series of the sums each series of a snapshot is added to, by the array of its rows, which grows. */
  readonly #targets = new WeakMap<Snapshot['rows'], (Row | undefined)[]>()
  readonly #maxSeries: number

  /**
   * @param families those of this process. Default: as the table of metrics has them
   * @param maxSeries the limit of series per family; processes that come and go may have more, and these
   *   become `_OTHER`
   */
  constructor(families?: Families, maxSeries = MAX_METRIC_SERIES) {
    this.table = new SeriesTable(families)
    this.#maxSeries = maxSeries
  }

  /** Starts over: every series is absent until a snapshot that has it is added. */
  begin(): void {
    this.table.clear()
  }

  /** Looks up the series of a snapshot. It is most of the work of adding it, and need not be done at the same time. */
  prepare({ rows }: Snapshot): void {
    this.#targetsOf(rows)
  }

  /** Adds a snapshot. Numbers that a counter, a bucket or a gauge cannot have count as 0. */
  add({ rows, values }: Snapshot, withGauges: boolean): void {
    const targets = this.#targetsOf(rows)
    const sums = this.table.values
    for (let i = 0; i < targets.length; i++) {
      const row = rows[i]
      const target = targets[i]
      if (row === undefined || target === undefined) continue
      const { width, kind, isInfo } = row.family
      const [from, to] = [row.offset, target.offset]
      if (kind === 'gauge' && !withGauges) continue
      // The gauge is absent, or the series is newer than the numbers.
      if (Number.isNaN(values[from]) || from + width > values.length) continue
      if (Number.isNaN(sums[to]) || isInfo) sums.fill(0, to, to + width)
      target.exemplars = row.exemplars ?? target.exemplars
      const sumAt = kind === 'histogram' ? width - 1 : -1
      for (let j = 0; j < width; j++) {
        const value = values[from + j] as number
        if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) continue
        sums[to + j] = (sums[to + j] as number) + (j === sumAt ? Math.ceil(value / GRAIN) * GRAIN : value)
      }
    }
  }

  #targetsOf(rows: Snapshot['rows']): readonly (Row | undefined)[] {
    const targets = this.#targets.get(rows) ?? []
    this.#targets.set(rows, targets)
    for (let i = targets.length; i < rows.length; i++) {
      const row = rows[i]
      targets.push(row && this.#targetOf(row))
    }
    return targets
  }

  #targetOf({ family, labels, createdMs }: Series): Row {
    const target = this.#find(family, labels, createdMs)
    // The sum began when the first of its parts did.
    target.createdMs = Math.min(target.createdMs, createdMs)
    return target
  }

  #find(family: Family, labels: readonly string[], createdMs: number): Row {
    const known = this.table.find(family, labels)
    if (known !== undefined) return known
    if (this.table.countOf(family) < this.#maxSeries) return this.table.add(family, labels, createdMs)
    const others = family.labels.map(([, label], i) => ('values' in label ? (labels[i] as string) : OTHER))
    return this.table.find(family, others) ?? this.table.add(family, others, createdMs)
  }
}
