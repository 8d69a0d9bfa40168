import type { DataPoint, ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics'
import type { PointExemplar } from './exemplars.ts'

export type PointValue = number | Histogram | ExponentialHistogram

/** A data point; that of a histogram may have exemplars, by the index of their bucket. */
export type Point = DataPoint<PointValue> & { readonly exemplars?: readonly (PointExemplar | undefined)[] }
