import type { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics'

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

export const isMonotonic = (kind: Kind) => kind === 'COUNTER' || kind === 'OBSERVABLE_COUNTER'
