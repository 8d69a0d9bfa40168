import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics'
import { DEFAULT_MAX_SIZE } from '../aggregation.ts'
import { mergeExponentialBuckets } from '../exponential/merge.ts'
import type { PointValue } from '../point.ts'

/**
 * Merges what two points of a counter or of a histogram have counted.
 *
 * @returns undefined if the two have different buckets, which cannot be merged
 */
export function mergeValues(a: PointValue, b: PointValue): PointValue | undefined {
  if (typeof a === 'number' || typeof b === 'number') {
    return typeof a === 'number' && typeof b === 'number' ? a + b : undefined
  }
  const summary = mergeSummaries(a, b)
  if (isExponential(a)) {
    return isExponential(b) ? { ...summary, ...mergeExponentialBuckets(a, b, DEFAULT_MAX_SIZE) } : undefined
  }
  if (isExponential(b) || !isSame(a.buckets.boundaries, b.buckets.boundaries)) return undefined
  const counts = a.buckets.counts.map((count, i) => count + (b.buckets.counts[i] ?? 0))
  return { ...summary, buckets: { boundaries: a.buckets.boundaries, counts } }
}

const isExponential = (value: Histogram | ExponentialHistogram): value is ExponentialHistogram => 'scale' in value

const isSame = (a: readonly number[], b: readonly number[]) =>
  a === b || (a.length === b.length && a.every((boundary, i) => boundary === b[i]))

type Summary = Pick<Histogram, 'count' | 'sum' | 'min' | 'max'>

/** Merges what both kinds of histograms have. What one of the two does not know, their merger does not know. */
function mergeSummaries(a: Summary, b: Summary): Summary {
  const merged: Summary = { count: a.count + b.count }
  if (a.sum !== undefined && b.sum !== undefined) merged.sum = a.sum + b.sum
  if (a.min !== undefined && b.min !== undefined) merged.min = Math.min(a.min, b.min)
  if (a.max !== undefined && b.max !== undefined) merged.max = Math.max(a.max, b.max)
  return merged
}
