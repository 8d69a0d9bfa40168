import type { AggregationOption, InstrumentType } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'

/** Values of sdk-metrics' `AggregationType`. Exponential histograms have the specification's 160 buckets for each sign. */
const DEFAULT = { type: 0 } as AggregationOption
const EXPONENTIAL = { type: 5 } as AggregationOption

/** Returns the aggregation in which a kind of instrument is exported, for which histograms have a choice. */
export const aggregationOf = (
  kind: `${InstrumentType}`,
  histogramAggregation: OtlpConfiguration['histogramAggregation'],
): AggregationOption =>
  kind === 'HISTOGRAM' && histogramAggregation === 'base2_exponential_bucket_histogram' ? EXPONENTIAL : DEFAULT
