import type { Exemplars } from '../text/series-lines.ts'
import { FAMILIES, type Families, type Family } from './families.ts'
import { ensureCapacity } from './grow.ts'

/** One series. Its numbers are the value, or a histogram's counts by bucket followed by the sum. */
export interface Series {
  readonly family: Family
  /** The values of the labels, in the table's order. */
  readonly labels: readonly string[]
  /** The index of its first number in an array of numbers. */
  readonly offset: number
  /** When the series began, in milliseconds since 1970; 0 where it is not known. */
  createdMs: number
  /** The newest exemplar of each bucket; undefined where there are none. */
  exemplars: Exemplars | undefined
}

/** A series of a table. */
export interface Row extends Series {
  /** The index in the table's `rows`. */
  readonly index: number
}

/** The first number of a series that has no value now, such as a gauge that was not observed. */
export const ABSENT = Number.NaN

const INITIAL_CAPACITY = 256

/** Series of the table's metrics with their numbers, in one array. A series keeps its index for good. */
export class SeriesTable {
  readonly #rows: Row[] = []
  readonly families: Families
  readonly #byFamily: ReadonlyMap<Family, Map<string, Row>>
  #values = new Float64Array(INITIAL_CAPACITY)
  #size = 0

  /** @param families default: as the table of metrics has them. */
  constructor(families = FAMILIES) {
    this.families = families
    this.#byFamily = new Map([...families.values()].map((family) => [family, new Map<string, Row>()]))
  }

  /** All series, present or absent, in the order in which they were added. */
  get rows(): readonly Row[] {
    return this.#rows
  }

  /** The numbers of all series. `add` may replace the array. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#size)
  }

  /** How many series the family has, present or absent. */
  countOf(family: Family): number {
    return this.#byFamily.get(family)?.size ?? 0
  }

  find(family: Family, labels: readonly string[]): Row | undefined {
    return this.#byFamily.get(family)?.get(keyOf(labels))
  }

  /** Adds a series that `find` does not find. It is absent until it has numbers. */
  add(family: Family, labels: readonly string[], createdMs: number): Row {
    const row: Row = { family, labels, index: this.#rows.length, offset: this.#size, createdMs, exemplars: undefined }
    this.#rows.push(row)
    this.#byFamily.get(family)?.set(keyOf(labels), row)
    this.#size += family.width
    this.#values = ensureCapacity(this.#values, this.#size)
    this.#values.fill(ABSENT, row.offset, this.#size)
    return row
  }

  /** Sets one number, and returns whether it was another one before. */
  set(index: number, value: number): boolean {
    if (Object.is(this.#values[index], value)) return false
    this.#values[index] = value
    return true
  }

  /** Makes every series absent. */
  clear(): void {
    this.#values.fill(ABSENT, 0, this.#size)
  }

  /** Each family of the table, in the table's order, with its series, present or absent. */
  *rowsByFamily(): Iterable<[family: Family, rows: Iterable<Row>]> {
    for (const [family, rows] of this.#byFamily) yield [family, rows.values()]
  }

  /** The series that are present, by family in the table's order. */
  *presentRows(): Iterable<Row> {
    for (const [, rows] of this.rowsByFamily()) {
      for (const row of rows) if (!Number.isNaN(this.#values[row.offset])) yield row
    }
  }
}

/** Each value carries its length, so that no two lists of values have one key. */
const keyOf = (labels: readonly string[]) => labels.map((value) => `${value.length}:${value}`).join('')
