import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http'
import { createOtlpNetworkExportDelegate, type IExporterTransport } from '@opentelemetry/otlp-exporter-base'
import { convertLegacyHttpOptions, createOtlpHttpExporterMetrics } from '@opentelemetry/otlp-exporter-base/node-http'
import { MetricsExporterMetricsHelper, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { Log } from './log.ts'
import type { OtlpExports } from './otlp-exports.ts'
import { createOtlpTransport } from './otlp-transport.ts'

/**
 * Creates OpenTelemetry's OTLP exporter, as `OTEL_EXPORTER_OTLP_*` configures it, over a transport that does not keep
 * the process alive. OpenTelemetry's own transport does, while it waits for a response or for the next retry.
 *
 * @param exports is kept up to date with what was sent where.
 */
export function createOtlpExporter(log: Log, exports: OtlpExports): PushMetricExporter {
  const options = convertLegacyHttpOptions({}, 'METRICS', 'v1/metrics', { 'Content-Type': 'application/x-protobuf' })
  const metrics = createOtlpHttpExporterMetrics(
    'otlp_http_metric_exporter',
    MetricsExporterMetricsHelper,
    options.url,
    undefined,
  )
  exports.url = options.url
  const transport = logOutages(recordExports(createOtlpTransport(options), exports), options.url, log)
  return new OTLPMetricExporterBase(
    createOtlpNetworkExportDelegate(options, ProtobufMetricsSerializer, metrics, transport),
  )
}

/** Keeps the outcome of the last export. */
function recordExports(transport: IExporterTransport, exports: OtlpExports): IExporterTransport {
  return {
    async send(data, timeoutMillis) {
      const response = await transport.send(data, timeoutMillis)
      const timeMs = Date.now()
      const error = response.status === 'success' ? undefined : (response.error?.message ?? 'the export failed')
      exports.last = { timeMs, error }
      if (error === undefined) exports.lastSuccessMs = timeMs
      return response
    },
    shutdown: () => transport.shutdown(),
  }
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
