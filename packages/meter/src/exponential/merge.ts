import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics'
import { addBuckets, type Buckets, downscale, isEmpty, rangeOf, scaleChange } from './buckets.ts'

/**
 * Merges the buckets of two exponential histograms, at the highest scale that neither of the two exceeds and at which
 * the values of each sign need at most `maxSize` buckets.
 */
export function mergeExponentialBuckets(
  a: ExponentialHistogram,
  b: ExponentialHistogram,
  maxSize: number,
): Pick<ExponentialHistogram, 'scale' | 'zeroCount' | 'positive' | 'negative'> {
  const common = Math.min(scaleOf(a), scaleOf(b))
  // Zeros alone have no scale, so any will do.
  const scale = common === Number.POSITIVE_INFINITY ? 0 : common
  const [positive, negative] = [
    [downscale(a.positive, a.scale - scale), downscale(b.positive, b.scale - scale)],
    [downscale(a.negative, a.scale - scale), downscale(b.negative, b.scale - scale)],
  ] as const
  const change = Math.max(changeToFit(positive, maxSize), changeToFit(negative, maxSize))
  return {
    scale: scale - change,
    zeroCount: a.zeroCount + b.zeroCount,
    positive: addBuckets(positive.map((buckets) => downscale(buckets, change))),
    negative: addBuckets(negative.map((buckets) => downscale(buckets, change))),
  }
}

const scaleOf = ({ scale, positive, negative }: ExponentialHistogram) =>
  isEmpty(positive) && isEmpty(negative) ? Number.POSITIVE_INFINITY : scale

function changeToFit(buckets: readonly Buckets[], maxSize: number): number {
  const { low, high } = rangeOf(buckets)
  return low > high ? 0 : scaleChange(low, high, maxSize)
}
