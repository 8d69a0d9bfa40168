import type { Histogram } from '@opentelemetry/sdk-metrics'
import type { FrozenAttributes } from '../attributes.ts'
import { type Cell, CUMULATIVE } from './cell.ts'

/** What a reader of deltas has seen, and the extremes since then, which no subtraction could tell. */
interface Mark {
  counts: Float64Array
  sum: number
  count: number
  updates: number
  min: number
  max: number
}

export class HistogramCell implements Cell<Histogram> {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #boundaries: readonly number[]
  readonly #counts: Float64Array
  readonly #marks: readonly Mark[] | undefined
  #sum = 0
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #updates = 0

  /** @param boundaries ascending; a value equal to a boundary belongs below it. */
  constructor(attributes: FrozenAttributes, deltaReaders: number, boundaries: readonly number[]) {
    this.attributes = attributes
    this.#boundaries = boundaries
    this.#counts = new Float64Array(boundaries.length + 1)
    this.#marks =
      deltaReaders === 0 ? undefined : Array.from({ length: deltaReaders }, () => newMark(this.#counts.length))
  }

  record(value: number): void {
    this.#updates++
    // NaN is in no bucket, and would make the sum NaN for good.
    if (Number.isNaN(value)) return
    const bucket = this.#bucket(value)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#sum += value
    this.#count++
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    if (this.#marks !== undefined) this.#widen(this.#marks, value)
  }

  read(slot: number): Histogram | undefined {
    if (slot === CUMULATIVE) {
      return this.#point(Array.from(this.#counts), this.#sum, this.#count, this.#min, this.#max)
    }
    const mark = this.#marks?.[slot]
    if (mark === undefined || mark.updates === this.#updates) return undefined
    const counts = Array.from(this.#counts, (count, i) => count - (mark.counts[i] ?? 0))
    const point = this.#point(counts, this.#sum - mark.sum, this.#count - mark.count, mark.min, mark.max)
    mark.counts.set(this.#counts)
    mark.sum = this.#sum
    mark.count = this.#count
    mark.updates = this.#updates
    mark.min = Number.POSITIVE_INFINITY
    mark.max = Number.NEGATIVE_INFINITY
    return point
  }

  #point(counts: number[], sum: number, count: number, min: number, max: number): Histogram {
    const extremes = count === 0 ? { min: undefined, max: undefined } : { min, max }
    return { ...extremes, sum, count, buckets: { boundaries: this.#boundaries as number[], counts } } as Histogram
  }

  #bucket(value: number): number {
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

  #widen(marks: readonly Mark[], value: number): void {
    for (const mark of marks) {
      if (value < mark.min) mark.min = value
      if (value > mark.max) mark.max = value
    }
  }
}

const newMark = (buckets: number): Mark => ({
  counts: new Float64Array(buckets),
  sum: 0,
  count: 0,
  updates: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
})
