import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Configuration } from '../configuration.ts'
import type { Log } from '../log.ts'
import { createOtlpExporter } from '../otlp-exporter.ts'
import type { OtlpExports } from '../otlp-exports.ts'

/**
 * Creates the reader that sends all metrics to an OTLP collector (http/protobuf), every `OTEL_METRIC_EXPORT_INTERVAL`.
 *
 * @param exports is kept up to date with what was sent where.
 */
export function createOtlpReader(
  { intervalMs, timeoutMs }: NonNullable<Configuration['otlp']>,
  log: Log,
  exports: OtlpExports,
): MetricReader {
  return new PeriodicExportingMetricReader({
    exporter: createOtlpExporter(log, exports),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  })
}
