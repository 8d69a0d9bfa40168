import type { DataPoint } from '@opentelemetry/sdk-metrics'
import type { Exemplars } from '../text/series-lines.ts'

/** Returns milliseconds since 1970. */
export const millisOf = ([seconds, nanoseconds]: DataPoint<unknown>['startTime']): number =>
  seconds * 1000 + Math.trunc(nanoseconds / 1e6)

/**
 * Returns the newest exemplar of each bucket, which `@agentgateway-otel/meter` adds to a histogram's data point; undefined
 * where there are none.
 */
export const exemplarsOf = (point: DataPoint<unknown>): Exemplars | undefined =>
  'exemplars' in point ? (point.exemplars as Exemplars | undefined) : undefined
