/** The counts of consecutive buckets; the first one has the index `offset`. */
export interface Buckets {
  offset: number
  bucketCounts: number[]
}

export const isEmpty = ({ bucketCounts }: Buckets): boolean => bucketCounts.length === 0

/** Returns by how much the scale has to fall for buckets from `low` to `high` to become at most `maxSize`. */
export function scaleChange(low: number, high: number, maxSize: number): number {
  let change = 0
  while ((high >> change) - (low >> change) >= maxSize) change++
  return change
}

/** Merges each 2^change neighbours into one bucket, which is what they are at a scale that is lower by `change`. */
export function downscale(buckets: Buckets, change: number): Buckets {
  if (change === 0 || isEmpty(buckets)) return buckets
  const { offset, bucketCounts } = buckets
  return sum(offset >> change, (offset + bucketCounts.length - 1) >> change, [buckets], change)
}

/** Adds buckets of one scale. */
export function addBuckets(buckets: readonly Buckets[]): Buckets {
  const { low, high } = rangeOf(buckets)
  return low > high ? { offset: 0, bucketCounts: [] } : sum(low, high, buckets, 0)
}

/** Returns the lowest and the highest index; the lowest one is higher if there is none. */
export function rangeOf(buckets: readonly Buckets[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { offset, bucketCounts } of buckets) {
    if (bucketCounts.length === 0) continue
    low = Math.min(low, offset)
    high = Math.max(high, offset + bucketCounts.length - 1)
  }
  return { low, high }
}

function sum(low: number, high: number, buckets: readonly Buckets[], change: number): Buckets {
  const bucketCounts = new Array<number>(high - low + 1).fill(0)
  for (const { offset, bucketCounts: counts } of buckets) {
    for (let i = 0; i < counts.length; i++) {
      const index = ((offset + i) >> change) - low
      bucketCounts[index] = (bucketCounts[index] as number) + (counts[i] as number)
    }
  }
  return { offset: low, bucketCounts }
}
