import type { DataPointType } from '@opentelemetry/sdk-metrics'
import type { Aggregation } from './aggregation.ts'
import { isMonotonic, type Kind } from './kinds.ts'

const HISTOGRAM = 0 as DataPointType.HISTOGRAM
const EXPONENTIAL_HISTOGRAM = 1 as DataPointType.EXPONENTIAL_HISTOGRAM
export const GAUGE = 2 as DataPointType.GAUGE
const SUM = 3 as DataPointType.SUM

/** Returns the part of the data model's `MetricData` that depends on the aggregation and on the kind. */
export function pointsOf(aggregation: Aggregation['type'], kind: Kind) {
  switch (aggregation) {
    case 'explicit':
      return { dataPointType: HISTOGRAM }
    case 'exponential':
      return { dataPointType: EXPONENTIAL_HISTOGRAM }
    case 'lastValue':
      return { dataPointType: GAUGE }
    case 'sum':
      return { dataPointType: SUM, isMonotonic: isMonotonic(kind) || kind === 'HISTOGRAM' }
  }
}
