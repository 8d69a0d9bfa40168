import { startOtlpCollector } from '../../../harness/otlp-collector.ts'
import type { Sample } from '../../../harness/prometheus-text.ts'
import { type ExportRequest, metricsOf, type OtlpMetric, samplesOf } from '../../../otlp/export-request.ts'
import { entry } from '../requests.ts'

/** AGGREGATION_TEMPORALITY_DELTA of OTLP. */
const DELTA = 1

/** A metric alone, in the form of an export. */
const exportOf = (metric: OtlpMetric): ExportRequest => ({
  resourceMetrics: [{ resource: { attributes: [] }, scopeMetrics: [{ metrics: [metric] }] }],
})

/** A collector for what the preload itself exports, beside whatever an agent exports to it. */
export async function startBridge(service: string) {
  const values = new Map<string, Sample>()
  let exports = 0
  const { endpoint, close } = await startOtlpCollector({
    onMetrics(request) {
      let isOwn = false
      for (const metric of metricsOf(request as ExportRequest)) {
        const { aggregationTemporality } = (metric.sum ?? metric.histogram ?? {}) as { aggregationTemporality?: number }
        for (const sample of samplesOf(exportOf(metric))) {
          // Each of the preload's points has the label; what an agent sends has it nowhere.
          if (sample.labels.gateway !== service) continue
          isOwn = true
          const key = entry(sample.name, sample.labels, 0)
          const before = aggregationTemporality === DELTA ? (values.get(key)?.value ?? 0) : 0
          values.set(key, { ...sample, value: before + sample.value })
        }
      }
      if (isOwn) exports++
    },
  })
  return {
    env: {
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '300',
      OTEL_METRIC_EXPORT_TIMEOUT: '300',
    },
    /** All values that were exported, the changes of delta temporality added up. */
    samples: () => [...values.values()],
    exports: () => exports,
    close,
  }
}
