import { startOtlpCollector } from '../../../harness/otlp-collector.ts'
import type { Sample } from '../../../harness/prometheus-text.ts'
import { type ExportRequest, samplesOf } from '../../../otlp/export-request.ts'

/** A collector for what the preload itself exports, beside whatever an agent exports to it. */
export async function startBridge(service: string) {
  let samples: readonly Sample[] = []
  let exports = 0
  const { endpoint, close } = await startOtlpCollector({
    onMetrics(request) {
      const { resourceMetrics } = request as ExportRequest
      const own = resourceMetrics.filter(({ resource }) =>
        resource.attributes.some(({ key, value }) => key === 'gateway' && value.stringValue === service),
      )
      if (own.length === 0) return
      exports++
      samples = samplesOf({ resourceMetrics: own })
    },
  })
  return {
    env: {
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '200',
    },
    /** The values of the last export. */
    samples: () => samples,
    exports: () => exports,
    close,
  }
}
