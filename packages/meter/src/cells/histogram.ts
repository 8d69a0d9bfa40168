import type { Histogram } from '@opentelemetry/sdk-metrics'
import type { FrozenAttributes } from '../attributes.ts'
import { type Cell, CUMULATIVE, createMarks, type Marks, nextMark } from './cell.ts'

/** What a reader of deltas has seen, and the extremes since then, which no subtraction could tell. */
interface Mark {
  counts: readonly number[]
  sum: number
  min: number
  max: number
}

const NOTHING_YET = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

/** Behind the buckets: the sum, the smallest and the largest value. */
const [SUM, MIN, MAX] = [1, 2, 3]

export class HistogramCell implements Cell<Histogram> {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #boundaries: readonly number[]
  /**
   * The counts of the buckets, then SUM, MIN and MAX places behind the last boundary. All in one array, which V8 keeps as
   * bare doubles: as fields each would be an object, and a Float64Array's frame is larger than what it would hold.
   */
  readonly #numbers: number[]
  readonly #marks: Marks<Mark> | undefined

  /** @param boundaries ascending; a value equal to a boundary belongs below it. */
  constructor(attributes: FrozenAttributes, deltaReaders: number, boundaries: readonly number[]) {
    this.attributes = attributes
    this.#boundaries = boundaries
    this.#numbers = boundaries.concat([0, 0, NOTHING_YET.min, NOTHING_YET.max]).fill(0, 0, boundaries.length + SUM)
    this.#marks = createMarks(deltaReaders, () => ({ counts: [], sum: 0, ...NOTHING_YET }))
  }

  record(value: number): void {
    const numbers = this.#numbers
    const { length } = this.#boundaries
    const bucket = this.#bucket(value)
    numbers[bucket] = (numbers[bucket] as number) + 1
    numbers[length + SUM] = (numbers[length + SUM] as number) + value
    if (value < (numbers[length + MIN] as number)) numbers[length + MIN] = value
    if (value > (numbers[length + MAX] as number)) numbers[length + MAX] = value
    if (this.#marks !== undefined) this.#mark(this.#marks, value)
  }

  read(slot: number): Histogram | undefined {
    const { length } = this.#boundaries
    const counts = this.#numbers.slice(0, length + 1)
    const [sum = 0, min = 0, max = 0] = this.#numbers.slice(length + SUM)
    if (slot === CUMULATIVE) return this.#point(counts, sum, min, max)
    const mark = nextMark(this.#marks, slot)
    if (mark === undefined) return undefined
    const since = counts.map((count, i) => count - (mark.counts[i] ?? 0))
    const point = this.#point(since, sum - mark.sum, mark.min, mark.max)
    Object.assign(mark, { counts, sum, ...NOTHING_YET })
    return point
  }

  #point(counts: number[], sum: number, min: number, max: number): Histogram {
    const count = counts.reduce((total, one) => total + one, 0)
    return { min, max, sum, count, buckets: { boundaries: this.#boundaries as number[], counts } }
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

  #mark(marks: Marks<Mark>, value: number): void {
    marks.updates++
    for (const mark of marks.ofReader) {
      if (value < mark.min) mark.min = value
      if (value > mark.max) mark.max = value
    }
  }
}
