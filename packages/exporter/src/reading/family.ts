/** The labels of one series. A map, since the name of a label may be that of any property, such as `__proto__`. */
export type Labels = ReadonlyMap<string, string>

/** One series of a counter or a gauge. */
interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** One series of a histogram. */
export interface HistogramSeries {
  readonly labels: Labels
  /** The upper bounds of the buckets, ascending. The last one is Infinity. */
  readonly bounds: readonly number[]
  /** How many observations are at most the bound of the same index. */
  readonly counts: readonly number[]
  readonly sum: number
  readonly count: number
}

/** A metric with its series, as a scrape has it. */
export interface Family {
  readonly name: string
  readonly help: string
  /** The word of `# TYPE`: `counter`, `gauge`, `histogram`, `summary` or `untyped`. */
  readonly kind: string
  /** The series of everything but a histogram. */
  readonly samples: readonly Sample[]
  readonly histograms: readonly HistogramSeries[]
}

export type Families = ReadonlyMap<string, Family>

export const seriesCount = ({ samples, histograms }: Family): number => samples.length + histograms.length
