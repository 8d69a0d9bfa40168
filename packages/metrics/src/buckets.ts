import { METRICS, type MetricKey } from './table.ts'

type HistogramDefinition = Extract<(typeof METRICS)[MetricKey], { kind: 'histogram' }>

/** The name of a metric that is a histogram. */
export type HistogramName = HistogramDefinition['name']

/** Upper bounds of buckets, ascending and without +Inf, of the histograms that are not to have those of the table. */
export type Buckets = Readonly<Partial<Record<HistogramName, readonly number[]>>>

/** How many boundaries a histogram may have. Each is a line of every series in every scrape. */
export const MAX_BOUNDARIES = 100

export const HISTOGRAM_NAMES: readonly HistogramName[] = Object.values(METRICS).flatMap((metric) =>
  metric.kind === 'histogram' ? [metric.name] : [],
)

/** Returns the upper bounds of a histogram's buckets: those that were asked for, or else those of the table. */
export const boundariesOf = (
  { name, buckets }: { readonly name: string; readonly buckets: readonly number[] },
  asked: Buckets = {},
): readonly number[] => (Object.hasOwn(asked, name) ? asked[name as HistogramName] : undefined) ?? buckets
