import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics'
import type { FrozenAttributes } from '../attributes.ts'
import { type Buckets, downscale, scaleChange } from '../exponential/buckets.ts'
import { indexOf } from '../exponential/index-of.ts'
import { type Cell, TOTAL } from './cell.ts'

/** The specification's highest scale: base 2^(2^-20). The scale falls when values need more buckets than there may be. */
const MAX_SCALE = 20

type Sign = 'positive' | 'negative'

/** What was recorded: buckets for each sign, which grow with the range of the values. */
interface Recorded extends ExponentialHistogram {
  sum: number
  min: number
  max: number
  positive: Buckets
  negative: Buckets
}

const nothing = (): Recorded => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  scale: MAX_SCALE,
  zeroCount: 0,
  positive: { offset: 0, bucketCounts: [] },
  negative: { offset: 0, bucketCounts: [] },
})

/**
 * A series as an exponential histogram, either for readers of totals or for one delta reader. A difference of totals would
 * have the scale of all values that there ever were, so a delta is recorded by itself.
 */
export class ExponentialCell implements Cell {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #maxSize: number
  #recorded = nothing()

  /** @param maxSize the highest number of buckets for each sign: 2 or more */
  constructor(attributes: FrozenAttributes, maxSize: number) {
    this.attributes = attributes
    this.#maxSize = maxSize
  }

  record(value: number): void {
    const recorded = this.#recorded
    recorded.count++
    if (value < recorded.min) recorded.min = value
    if (value > recorded.max) recorded.max = value
    if (value === 0) {
      recorded.zeroCount++
      return
    }
    recorded.sum += value
    if (value > 0) this.#count('positive', value)
    else this.#count('negative', -value)
  }

  /** @param slot TOTAL, or any number to take what was recorded out of the cell */
  read(slot: number): ExponentialHistogram | undefined {
    const recorded = this.#recorded
    if (slot === TOTAL) {
      return withScale({ ...recorded, positive: copy(recorded.positive), negative: copy(recorded.negative) })
    }
    if (recorded.count === 0) return undefined
    this.#recorded = nothing()
    return withScale(recorded)
  }

  #count(sign: Sign, value: number): void {
    const recorded = this.#recorded
    let index = indexOf(value, recorded.scale)
    const { offset, bucketCounts } = recorded[sign]
    if (bucketCounts.length > 0) {
      const low = Math.min(index, offset)
      const high = Math.max(index, offset + bucketCounts.length - 1)
      if (high - low >= this.#maxSize) {
        lowerScale(recorded, scaleChange(low, high, this.#maxSize))
        index = indexOf(value, recorded.scale)
      }
    }
    increment(recorded[sign], index)
  }
}

function lowerScale(recorded: Recorded, change: number): void {
  recorded.scale -= change
  recorded.positive = downscale(recorded.positive, change)
  recorded.negative = downscale(recorded.negative, change)
}

function increment(buckets: Buckets, index: number): void {
  const { bucketCounts } = buckets
  if (bucketCounts.length === 0) buckets.offset = index
  if (index < buckets.offset) {
    bucketCounts.unshift(...new Array<number>(buckets.offset - index).fill(0))
    buckets.offset = index
  }
  while (bucketCounts.length <= index - buckets.offset) bucketCounts.push(0)
  bucketCounts[index - buckets.offset] = (bucketCounts[index - buckets.offset] as number) + 1
}

const copy = ({ offset, bucketCounts }: Buckets): Buckets => ({ offset, bucketCounts: bucketCounts.slice() })

/** Zeros alone have no scale; 0 stands for it. */
const withScale = (recorded: Recorded): ExponentialHistogram =>
  recorded.count === recorded.zeroCount ? { ...recorded, scale: 0 } : recorded
