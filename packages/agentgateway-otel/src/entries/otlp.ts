import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Configuration } from '../configuration.ts'
import type { Log } from '../log.ts'
import { createOtlpExporter } from '../otlp-exporter.ts'

/**
 * Creates the reader that sends all metrics to an OTLP collector (http/protobuf), every `OTEL_METRIC_EXPORT_INTERVAL`.
 */
export function createOtlpReader(
  { intervalMs, timeoutMs }: NonNullable<Configuration['otlp']>,
  log: Log,
): MetricReader {
  return new PeriodicExportingMetricReader({
    exporter: createOtlpExporter(log),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  })
}
