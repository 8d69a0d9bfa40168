import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import type { Log } from '../log.ts'
import { excerpt } from './excerpt.ts'
import { decodeResponse } from './export-response.ts'
import type { OtlpExports } from './exports.ts'
import type { MetricsSerializer } from './protocols.ts'
import { createReports } from './reports.ts'
import { sendWithRetries } from './retry.ts'
import { shownUrl } from './shown-url.ts'
import { type Attempt, DataRefusedError, type OtlpTransport } from './transport.ts'
import { untraced } from './untraced.ts'

type ExportResult = Parameters<Parameters<PushMetricExporter['export']>[1]>[0]

const [SUCCESS, FAILED] = [0, 1]

/** An export that took the whole interval would make the reader leave out the next one. */
const MAX_SHARE_OF_INTERVAL = 0.95

export interface OtlpExporterOptions {
  readonly configuration: OtlpConfiguration
  /** Returns what encodes exports and decodes the collector's responses, in the format of the protocol. */
  readonly getSerializer: () => MetricsSerializer
  readonly transport: OtlpTransport
  readonly log: Log
  /** Is kept up to date with what was sent where. */
  readonly exports: OtlpExports
}

/**
 * Creates an OTLP exporter over a transport that does not keep the process alive. OpenTelemetry's own transport does,
 * while it waits for a response or for the next retry.
 *
 * The result of an export that the collector will not take whenever it is sent, or of which it took only a part, has a
 * `DataRefusedError`: sending that data again would be wrong. Data of other failures was not accepted.
 */
export function createOtlpExporter(options: OtlpExporterOptions): PushMetricExporter {
  const { getSerializer, transport, exports } = options
  const { timeoutMs, intervalMs, url } = options.configuration
  const totalMs = Math.ceil(Math.min(timeoutMs, MAX_SHARE_OF_INTERVAL * intervalMs))
  exports.url = shownUrl(url)
  const reports = createReports(exports.url, options.log)

  async function send(metrics: ResourceMetrics): Promise<Attempt> {
    const message = encode(metrics)
    exports.retrying = undefined
    return untraced(() =>
      sendWithRetries(transport, message, totalMs, (error) => {
        exports.retrying = error.message
      }),
    )
  }

  /** @throws DataRefusedError when the metrics cannot be encoded, which they cannot the next time either */
  function encode(metrics: ResourceMetrics): Uint8Array {
    try {
      const message = getSerializer().serializeRequest(metrics)
      if (message !== undefined) return message
    } catch (error) {
      throw new DataRefusedError(`the metrics cannot be encoded: ${(error as Error).message}`)
    }
    throw new DataRefusedError('the metrics cannot be encoded')
  }

  /** Reports what became of an export, and returns its error if it has one. */
  function settle(attempt: Attempt): Error | undefined {
    if (attempt.outcome !== 'accepted') {
      reports.failed(attempt.error)
      return attempt.error
    }
    reports.succeeded()
    try {
      const { rejectedPoints, message } = decodeResponse(attempt, getSerializer().deserializeResponse)
      const reason = message === '' ? '' : `: ${excerpt(message)}`
      if (rejectedPoints > 0) {
        reports.warned(`the collector rejected points${reason} (${rejectedPoints})`)
        return new DataRefusedError(`the collector rejected ${rejectedPoints} points${reason}`)
      }
      if (reason !== '') reports.warned(`the collector warns${reason}`)
    } catch (error) {
      // By OTLP's specification status 200 says that the data was accepted, so it must not be sent again.
      const { message } = error as Error
      reports.warned(`the response is none of OTLP's, ${message}; check whether the URL is a collector's`)
    }
    return undefined
  }

  async function exportMetrics(metrics: ResourceMetrics): Promise<ExportResult> {
    const error = settle(await send(metrics).catch((error): Attempt => ({ outcome: 'refused', error })))
    const timeMs = Date.now()
    exports.last = { timeMs, error: error?.message }
    if (error !== undefined) return { code: FAILED, error }
    exports.lastSuccessMs = timeMs
    return { code: SUCCESS }
  }

  return {
    export(metrics, callback) {
      exportMetrics(metrics).then(callback)
    },
    async forceFlush() {},
    async shutdown() {
      transport.close()
    },
  }
}
