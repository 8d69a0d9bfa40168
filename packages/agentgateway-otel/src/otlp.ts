import { createRequire } from 'node:module'
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Configuration } from './configuration.ts'
import type { Log } from './log.ts'
import type { createOtlpExporter as CreateOtlpExporter } from './otlp-exporter.ts'

const require = createRequire(import.meta.url)

/**
 * The bridge to a collector: sends what is counted by OTLP (http/protobuf), every `OTEL_METRIC_EXPORT_INTERVAL`. What it
 * needs is loaded only here, since most apps are only scraped.
 */
export function createOtlpReader(
  { intervalMs, timeoutMs }: NonNullable<Configuration['otlp']>,
  log: Log,
): MetricReader {
  const { createOtlpExporter } = require('./otlp-exporter.cjs') as { createOtlpExporter: typeof CreateOtlpExporter }
  return new PeriodicExportingMetricReader({
    exporter: createOtlpExporter(log),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  })
}
