import type { HrTime } from '@opentelemetry/api'

/** Converts milliseconds since the epoch to the form of OpenTelemetry's data model: seconds and nanoseconds. */
export function toHrTime(millis: number): HrTime {
  return [Math.trunc(millis / 1000), Math.round((millis % 1000) * 1e6)]
}
