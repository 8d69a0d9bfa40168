import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics'

/** The counts of consecutive buckets; the first one has the index `offset`. */
export interface Buckets {
  readonly offset: number
  readonly bucketCounts: number[]
}

const NO_BUCKETS: Buckets = { offset: 0, bucketCounts: [] }

/**
 * Merges two exponential histograms into one at the highest scale at which the values of each sign need at most
 * `maxSize` buckets, and which neither of the two exceeds.
 */
export function mergeExponentialHistograms(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
  maxSize: number,
): Pick<ExponentialHistogram, 'scale' | 'zeroCount' | 'positive' | 'negative'> {
  const scale = Math.min(scaleOf(a), scaleOf(b))
  // Histograms of zeros alone have no scale, so any will do.
  if (scale === Number.POSITIVE_INFINITY) {
    return { scale: 0, zeroCount: a.zeroCount + b.zeroCount, positive: NO_BUCKETS, negative: NO_BUCKETS }
  }
  const signs = (['positive', 'negative'] as const).map((sign) => [
    downscale(a[sign], a.scale - scale),
    downscale(b[sign], b.scale - scale),
  ])
  const excess = Math.max(...signs.map((buckets) => excessScale(buckets, maxSize)))
  const [positive = NO_BUCKETS, negative = NO_BUCKETS] = signs.map((buckets) =>
    addBuckets(buckets.map((each) => downscale(each, excess))),
  )
  return { scale: scale - excess, zeroCount: a.zeroCount + b.zeroCount, positive, negative }
}

const isEmpty = ({ bucketCounts }: Buckets) => bucketCounts.length === 0

const scaleOf = ({ scale, positive, negative }: ExponentialHistogram) =>
  isEmpty(positive) && isEmpty(negative) ? Number.POSITIVE_INFINITY : scale

/** Returns by how much the scale has to fall for buckets from `low` to `high` to become at most `maxSize`. */
export function scaleChange(low: number, high: number, maxSize: number): number {
  let change = 0
  while ((high >> change) - (low >> change) >= maxSize) change++
  return change
}

function excessScale(buckets: readonly Buckets[], maxSize: number): number {
  const { low, high } = rangeOf(buckets)
  return low > high ? 0 : scaleChange(low, high, maxSize)
}

function rangeOf(buckets: readonly Buckets[]): { low: number; high: number } {
  const full = buckets.filter((each) => !isEmpty(each))
  return {
    low: Math.min(...full.map(({ offset }) => offset)),
    high: Math.max(...full.map(({ offset, bucketCounts }) => offset + bucketCounts.length - 1)),
  }
}

/** Merges each 2^change neighbours into one bucket, which is what the buckets are at a scale that is lower by `change`. */
export function downscale(buckets: Buckets, change: number): Buckets {
  if (change === 0 || isEmpty(buckets)) return buckets
  const offset = buckets.offset >> change
  const last = (buckets.offset + buckets.bucketCounts.length - 1) >> change
  const bucketCounts = new Array<number>(last - offset + 1).fill(0)
  for (const [i, count] of buckets.bucketCounts.entries()) {
    const index = ((buckets.offset + i) >> change) - offset
    bucketCounts[index] = (bucketCounts[index] as number) + count
  }
  return { offset, bucketCounts }
}

function addBuckets(buckets: readonly Buckets[]): Buckets {
  const { low, high } = rangeOf(buckets)
  if (low > high) return NO_BUCKETS
  const bucketCounts = new Array<number>(high - low + 1).fill(0)
  for (const { offset, bucketCounts: counts } of buckets) {
    for (const [i, count] of counts.entries()) {
      const index = offset + i - low
      bucketCounts[index] = (bucketCounts[index] as number) + count
    }
  }
  return { offset: low, bucketCounts }
}
