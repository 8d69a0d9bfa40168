import type { HrTime } from '@opentelemetry/api'

/** Milliseconds since the epoch, as OpenTelemetry's data model writes them: seconds and nanoseconds. */
export function toHrTime(millis: number): HrTime {
  return [Math.trunc(millis / 1000), Math.round((millis % 1000) * 1e6)]
}
