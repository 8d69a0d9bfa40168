/**
 * Estimates a quantile from the buckets of a histogram, as Prometheus' `histogram_quantile` does: observations are
 * taken to be spread evenly within their bucket, and the lowest bucket to begin at 0.
 *
 * @param bounds the upper bounds, ascending; the last one is Infinity
 * @param counts how many observations are at most the bound of the same index
 * @returns NaN without observations; the highest finite bound where the quantile is above it
 */
export function histogramQuantile(quantile: number, bounds: readonly number[], counts: readonly number[]): number {
  const total = counts.at(-1) ?? 0
  if (bounds.length < 2 || !(total > 0)) return Number.NaN
  const rank = quantile * total
  const index = counts.findIndex((count) => count >= rank)
  if (index === -1 || index === bounds.length - 1) return bounds.at(-2) as number
  const upper = bounds[index] as number
  if (index === 0 && upper <= 0) return upper
  const lower = index === 0 ? 0 : (bounds[index - 1] as number)
  const before = index === 0 ? 0 : (counts[index - 1] as number)
  const inBucket = (counts[index] as number) - before
  return inBucket === 0 ? upper : lower + ((upper - lower) * (rank - before)) / inBucket
}
