import type { Histogram } from '@opentelemetry/sdk-metrics'
import type { FrozenAttributes } from '../attributes.ts'
import type { PointExemplar } from '../exemplars.ts'
import { advanceMark, type Cell, createMarks, type Marks, TOTAL } from './cell.ts'

/** What a delta reader has read, and the extremes since then, which subtraction cannot give. */
interface Mark {
  counts: readonly number[]
  sum: number
  min: number
  max: number
}

const NO_EXTREMES = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

/** The offsets of the sum, the smallest and the largest value from the index of the last bucket's count. */
const [SUM, MIN, MAX] = [1, 2, 3]

export class HistogramCell implements Cell {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #boundaries: readonly number[]
  /**
   * The counts of the buckets, then the sum, the smallest and the largest value. V8 keeps one array of numbers as bare
   * doubles, while each of several fields would be an object, and a Float64Array's header is larger than its content
   * here.
   */
  readonly #numbers: number[]
  readonly #marks: Marks<Mark> | undefined
  /** The latest exemplar of each bucket; undefined until there is one. */
  #exemplars: (PointExemplar | undefined)[] | undefined

  /** @param boundaries the ascending upper bounds of the buckets, which include a value equal to them */
  constructor(attributes: FrozenAttributes, deltaReaderCount: number, boundaries: readonly number[]) {
    this.attributes = attributes
    this.#boundaries = boundaries
    this.#numbers = boundaries.concat([0, 0, NO_EXTREMES.min, NO_EXTREMES.max]).fill(0, 0, boundaries.length + SUM)
    this.#marks = createMarks(deltaReaderCount, () => ({ counts: [], sum: 0, ...NO_EXTREMES }))
  }

  record(value: number): void {
    const numbers = this.#numbers
    const { length } = this.#boundaries
    const bucket = this.#bucketOf(value)
    numbers[bucket] = (numbers[bucket] as number) + 1
    numbers[length + SUM] = (numbers[length + SUM] as number) + value
    if (value < (numbers[length + MIN] as number)) numbers[length + MIN] = value
    if (value > (numbers[length + MAX] as number)) numbers[length + MAX] = value
    if (this.#marks !== undefined) this.#updateMarks(this.#marks, value)
  }

  /** Keeps the exemplar of a value that was recorded, in place of its bucket's earlier one. */
  keepExemplar(exemplar: PointExemplar): void {
    this.#exemplars ??= new Array<PointExemplar | undefined>(this.#boundaries.length + 1).fill(undefined)
    this.#exemplars[this.#bucketOf(exemplar.value)] = exemplar
  }

  /**
   * Returns the latest exemplar of each bucket, by the bucket's index, of those that were recorded since then; undefined if
   * there is none.
   */
  exemplarsSince(millis: number): readonly (PointExemplar | undefined)[] | undefined {
    const exemplars = this.#exemplars?.map((exemplar) =>
      exemplar !== undefined && exemplar.timeMs >= millis ? exemplar : undefined,
    )
    return exemplars?.some((exemplar) => exemplar !== undefined) ? exemplars : undefined
  }

  read(slot: number): Histogram | undefined {
    const numbers = this.#numbers
    const { length } = this.#boundaries
    const counts = numbers.slice(0, length + 1)
    const sum = numbers[length + SUM] as number
    const min = numbers[length + MIN] as number
    const max = numbers[length + MAX] as number
    if (slot === TOTAL) return this.#toHistogram(counts, sum, min, max)
    const mark = advanceMark(this.#marks, slot)
    if (mark === undefined) return undefined
    const since = counts.map((count, i) => count - (mark.counts[i] ?? 0))
    const histogram = this.#toHistogram(since, sum - mark.sum, mark.min, mark.max)
    Object.assign(mark, { counts, sum, ...NO_EXTREMES })
    return histogram
  }

  #toHistogram(counts: number[], sum: number, min: number, max: number): Histogram {
    let count = 0
    for (let i = 0; i < counts.length; i++) count += counts[i] as number
    return { min, max, sum, count, buckets: { boundaries: this.#boundaries as number[], counts } }
  }

  #bucketOf(value: number): number {
    const boundaries = this.#boundaries
    let low = 0
    let high = boundaries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((boundaries[middle] as number) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  #updateMarks(marks: Marks<Mark>, value: number): void {
    marks.updates++
    for (const mark of marks.bySlot) {
      if (value < mark.min) mark.min = value
      if (value > mark.max) mark.max = value
    }
  }
}
