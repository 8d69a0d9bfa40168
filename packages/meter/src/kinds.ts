import type { AggregationTemporality, DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics'

// The values of sdk-metrics' enums are repeated here: loading the SDK for a few names and numbers would cost every
// start.

export type Kind = `${InstrumentType}`

export const KINDS: readonly Kind[] = [
  'COUNTER',
  'UP_DOWN_COUNTER',
  'GAUGE',
  'HISTOGRAM',
  'OBSERVABLE_COUNTER',
  'OBSERVABLE_UP_DOWN_COUNTER',
  'OBSERVABLE_GAUGE',
]

export const DELTA = 0 as AggregationTemporality.DELTA
export const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE
export const DEFAULT_AGGREGATION = 0

const HISTOGRAM = 0 as DataPointType.HISTOGRAM
export const GAUGE = 2 as DataPointType.GAUGE
const SUM = 3 as DataPointType.SUM

/** Returns the part of the data model's `MetricData` that depends on the kind. */
export function pointsOf(kind: Kind) {
  switch (kind) {
    case 'HISTOGRAM':
      return { dataPointType: HISTOGRAM }
    case 'GAUGE':
    case 'OBSERVABLE_GAUGE':
      return { dataPointType: GAUGE }
    default:
      return { dataPointType: SUM, isMonotonic: isMonotonic(kind) }
  }
}

export const isMonotonic = (kind: Kind) => kind === 'COUNTER' || kind === 'OBSERVABLE_COUNTER'
