/**
 * Reads what a scrape endpoint serves: a parser of the text, sums and increases of series, quantiles of histograms. It
 * runs in browsers too, and is apart from the package's main entry, so that a process that serves metrics does not load
 * it.
 *
 * @module
 */
export { ExpositionParser } from './exposition-parser.ts'
export type { Families, Family, HistogramSeries, Labels } from './family.ts'
export { age, clock, count, number, percent, seconds } from './format.ts'
export { histogramQuantile } from './quantile.ts'
export { boundsOf, bucketsOf, type Groups, increase, type Query, run, splitKey, sumBy } from './query.ts'
