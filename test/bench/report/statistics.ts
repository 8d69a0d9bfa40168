/** The median of many measurements of one thing, and the range of their middle half. */
export interface Summary {
  readonly median: number
  /** The lower end of the middle half: the first quartile. */
  readonly lower: number
  /** The upper end of the middle half: the third quartile. */
  readonly upper: number
}

export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  return { lower: quantile(sorted, 0.25), median: quantile(sorted, 0.5), upper: quantile(sorted, 0.75) }
}

/** Returns a quantile, interpolated between the two nearest values. */
function quantile(sorted: readonly number[], q: number): number {
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position % 1)
}
