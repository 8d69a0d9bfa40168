import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http'
import { createOtlpNetworkExportDelegate } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExporterMetrics } from '@opentelemetry/otlp-exporter-base/node-http'
import { MetricsExporterMetricsHelper, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { createOtlpTransport } from './otlp-transport.ts'

/**
 * OpenTelemetry's OTLP exporter, as `OTEL_EXPORTER_OTLP_*` configures it, over a transport that keeps no process alive:
 * its own waits for answers, and between retries.
 */
export function createOtlpExporter(): PushMetricExporter {
  const options = convertLegacyHttpOptions({}, 'METRICS', 'v1/metrics', { 'Content-Type': 'application/x-protobuf' })
  const metrics = createOtlpHttpExporterMetrics(
    'otlp_http_metric_exporter',
    MetricsExporterMetricsHelper,
    options.url,
    undefined,
  )
  return new OTLPMetricExporterBase(
    createOtlpNetworkExportDelegate(options, ProtobufMetricsSerializer, metrics, createOtlpTransport(options)),
  )
}
