import { MAX_METRIC_SERIES, OTHER } from '@agentgateway-otel/metrics'
import { FAMILIES, type Family } from './families.ts'
import { withRoom } from './grow.ts'
import type { Row, SeriesTable, Snapshot } from './snapshot.ts'

/** A series of the sums. */
export interface SumRow extends Row {
  /** Where its numbers begin. */
  readonly offset: number
  /** The last sum in which a process had it. */
  turn: number
}

/** What many processes have counted, added up. */
export class Sums {
  readonly #byFamily = new Map<Family, Map<string, SumRow>>(
    [...FAMILIES.values()].map((family) => [family, new Map<string, SumRow>()]),
  )
  /** Which row of ours each row of a process goes to. Grows with its series. */
  readonly #targets = new WeakMap<SeriesTable, (SumRow | undefined)[]>()
  readonly #maxSeries: number
  #values = new Float64Array(1024)
  #size = 0
  #turn = 0

  /** @param maxSeries how many series of one family are summed up by their own values; further ones are `_OTHER` */
  constructor(maxSeries = MAX_METRIC_SERIES) {
    this.#maxSeries = maxSeries
  }

  /** Begins a new sum. */
  begin(): void {
    this.#values.fill(0, 0, this.#size)
    this.#turn++
  }

  /** Makes room for the series of this process: most of the work, once, which need not be done at the time of adding. */
  prepare({ series }: Snapshot): void {
    this.#targetsOf(series)
  }

  /** Numbers that a counter, a bucket or a gauge cannot have are taken for 0. */
  add({ series, values }: Snapshot, withGauges: boolean): void {
    const targets = this.#targetsOf(series)
    const sums = this.#values
    const { offsets } = series
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]
      if (target === undefined || (!withGauges && target.family.kind === 'gauge')) continue
      const from = offsets[i] as number
      const { width } = target.family
      // A gauge that is absent, or a series that is newer than these numbers.
      if (Number.isNaN(values[from]) || from + width > values.length) continue
      target.turn = this.#turn
      const to = target.offset
      for (let j = 0; j < width; j++) {
        const value = values[from + j] as number
        if (value >= 0 && value < Number.POSITIVE_INFINITY) sums[to + j] = (sums[to + j] as number) + value
      }
    }
  }

  /** The series that somebody had in this sum, family by family in the table's order. */
  *families(): Iterable<[family: Family, rows: SumRow[]]> {
    for (const [family, rows] of this.#byFamily) {
      yield [family, [...rows.values()].filter(({ turn }) => turn === this.#turn)]
    }
  }

  /** All numbers; a row's begin at its offset. */
  get values(): Float64Array {
    return this.#values
  }

  #targetsOf(series: SeriesTable): readonly (SumRow | undefined)[] {
    const targets = this.#targets.get(series) ?? []
    this.#targets.set(series, targets)
    for (let i = targets.length; i < series.rows.length; i++) {
      const row = series.rows[i]
      targets.push(row && this.#rowOf(row))
    }
    return targets
  }

  #rowOf({ family, labels }: Row): SumRow | undefined {
    const rows = this.#byFamily.get(family)
    if (rows === undefined) return undefined
    const key = keyOf(labels)
    const known = rows.get(key)
    if (known !== undefined) return known
    if (rows.size < this.#maxSeries) return this.#create(rows, key, { family, labels })
    const others = family.labels.map(([, label], i) => ('values' in label ? (labels[i] as string) : OTHER))
    const otherKey = keyOf(others)
    return rows.get(otherKey) ?? this.#create(rows, otherKey, { family, labels: others })
  }

  #create(rows: Map<string, SumRow>, key: string, { family, labels }: Row): SumRow {
    const row = { family, labels, offset: this.#size, turn: 0 }
    rows.set(key, row)
    this.#size += family.width
    this.#values = withRoom(this.#values, this.#size)
    return row
  }
}

/** Every value carries its length, so none can be taken for the beginning of the next. */
const keyOf = (labels: readonly string[]) => labels.map((value) => `${value.length}:${value}`).join('')
