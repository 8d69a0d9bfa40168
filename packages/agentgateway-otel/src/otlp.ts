import { createRequire } from 'node:module'
import type { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { type MetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Configuration } from './configuration.ts'

const require = createRequire(import.meta.url)

/**
 * The bridge to a collector: sends what is counted by OTLP (http/protobuf), every `OTEL_METRIC_EXPORT_INTERVAL`.
 * `OTEL_EXPORTER_OTLP_*` is read by the exporter itself. It is loaded only here, since most apps are only scraped.
 */
export function createOtlpReader({ intervalMs, timeoutMs }: NonNullable<Configuration['otlp']>): MetricReader {
  const exporters = require('@opentelemetry/exporter-metrics-otlp-proto') as {
    OTLPMetricExporter: typeof OTLPMetricExporter
  }
  return new PeriodicExportingMetricReader({
    exporter: new exporters.OTLPMetricExporter(),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  })
}
