import type { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import type { Log } from '../log.ts'
import type { OtlpExports } from './exports.ts'
import type { OtlpTransport } from './transport.ts'

type ExportResult = Parameters<Parameters<PushMetricExporter['export']>[1]>[0]

const [SUCCESS, FAILED] = [0, 1]

export interface OtlpExporterOptions {
  readonly configuration: OtlpConfiguration
  /** Encodes exports and decodes the collector's responses, in the format of the protocol. */
  readonly serializer: typeof ProtobufMetricsSerializer
  readonly transport: OtlpTransport
  readonly log: Log
  /** Is kept up to date with what was sent where. */
  readonly exports: OtlpExports
}

/**
 * Creates an OTLP exporter over a transport that does not keep the process alive. OpenTelemetry's own transport does,
 * while it waits for a response or for the next retry.
 */
export function createOtlpExporter(options: OtlpExporterOptions): PushMetricExporter {
  const { serializer, transport, log, exports } = options
  const { url, timeoutMs } = options.configuration
  let isOut = false
  exports.url = url

  async function exportMetrics(metrics: ResourceMetrics): Promise<ExportResult> {
    const message = serializer.serializeRequest(metrics)
    if (message === undefined) return { code: FAILED }
    const attempt = await transport.send(message, timeoutMs)
    const timeMs = Date.now()
    const error = attempt.outcome === 'accepted' ? undefined : attempt.error
    exports.last = { timeMs, error: error?.message }
    if (error === undefined) exports.lastSuccessMs = timeMs
    if (error !== undefined && !isOut) {
      log('warn', `cannot send metrics to ${url} (${error.message}); trying again, check OTEL_EXPORTER_OTLP_*`)
    }
    if (error === undefined && isOut) log('info', `metrics are sent to ${url} again`)
    isOut = error !== undefined
    return error === undefined ? { code: SUCCESS } : { code: FAILED, error }
  }

  return {
    export(metrics, callback) {
      exportMetrics(metrics).then(callback, (error) => callback({ code: FAILED, error }))
    },
    async forceFlush() {},
    async shutdown() {
      transport.close()
    },
  }
}
