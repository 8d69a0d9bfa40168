import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http'
import { createOtlpNetworkExportDelegate, type IExporterTransport } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExporterMetrics } from '@opentelemetry/otlp-exporter-base/node-http'
import { MetricsExporterMetricsHelper, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { Log } from './log.ts'
import { createOtlpTransport } from './otlp-transport.ts'

/**
 * Creates OpenTelemetry's OTLP exporter, as `OTEL_EXPORTER_OTLP_*` configures it, over a transport that does not keep
 * the process alive. OpenTelemetry's own transport does, while it waits for a response or for the next retry.
 */
export function createOtlpExporter(log: Log): PushMetricExporter {
  const options = convertLegacyHttpOptions({}, 'METRICS', 'v1/metrics', { 'Content-Type': 'application/x-protobuf' })
  const metrics = createOtlpHttpExporterMetrics(
    'otlp_http_metric_exporter',
    MetricsExporterMetricsHelper,
    options.url,
    undefined,
  )
  const transport = logOutages(createOtlpTransport(options), options.url, log)
  return new OTLPMetricExporterBase(
    createOtlpNetworkExportDelegate(options, ProtobufMetricsSerializer, metrics, transport),
  )
}

/** Logs a line when exports begin to fail, and one when they succeed again. OpenTelemetry logs neither by default. */
function logOutages(transport: IExporterTransport, url: string, log: Log): IExporterTransport {
  let isOut = false
  return {
    async send(data, timeoutMillis) {
      const response = await transport.send(data, timeoutMillis)
      const hasFailed = response.status !== 'success'
      if (hasFailed && !isOut) {
        log(
          'warn',
          `cannot send metrics to ${url} (${response.error?.message}); trying again, check OTEL_EXPORTER_OTLP_*`,
        )
      }
      if (!hasFailed && isOut) log('info', `metrics are sent to ${url} again`)
      isOut = hasFailed
      return response
    },
    shutdown: () => transport.shutdown(),
  }
}
