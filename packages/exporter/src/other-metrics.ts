import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { withDistinctSeries } from './distinct-series.ts'
import { FAMILIES } from './families.ts'

/**
 * The metrics of one process that the table does not have, such as OpenTelemetry's own `http.server.request.duration`.
 */
export interface OtherMetrics {
  readonly metrics: readonly MetricData[]
  /** Labels that every series gets. They keep apart the series of different processes. */
  readonly labels: Readonly<Record<string, string>>
}

/** Returns the metrics that the table does not have. */
export const otherMetricsOf = ({ scopeMetrics }: ResourceMetrics): MetricData[] =>
  scopeMetrics.flatMap(({ metrics }) => metrics.filter(({ descriptor }) => !FAMILIES.has(descriptor.name)))

/**
 * Prepares the metrics of one or several processes for the serializer: with the names and the series that they have in
 * Prometheus, and with their labels. Where processes disagree on the type of a metric, the first one's stays. A metric
 * that would get the name of one of the table's is left out.
 */
export function prepareOthers(sources: readonly OtherMetrics[]): MetricData[] {
  const types = new Map<string, string>()
  const prepared: MetricData[] = []
  for (const { metrics, labels } of sources) {
    for (const metric of metrics) {
      const named = withPrometheusName(metric)
      const { name } = named.descriptor
      const type = typeOf(named)
      if (FAMILIES.has(name) || (types.get(name) ?? type) !== type) continue
      types.set(name, type)
      prepared.push(withLabels(withDistinctSeries(named), labels))
    }
  }
  return prepared
}

const typeOf = (metric: MetricData) => `${metric.dataPointType} ${isMonotonic(metric)}`

const isMonotonic = (metric: MetricData) => 'isMonotonic' in metric && metric.isMonotonic

/** Prometheus' words for OpenTelemetry's units, which are UCUM's. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' }

/**
 * Gives a metric the name that it has in Prometheus: `http.server.request.duration`, in `s`, becomes
 * `http_server_request_duration_seconds`. Follows "Prometheus and OpenMetrics Compatibility" of OpenTelemetry's
 * specification. The serializer leaves such a name as it is; by itself it would not append the unit.
 */
function withPrometheusName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor
  const word = UNITS[unit]
  const hasUnit = word === undefined || name.endsWith(`_${word}`)
  const sanitized = (hasUnit ? name : `${name}_${word}`).replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_')
  const full = isMonotonic(metric) && !sanitized.endsWith('_total') ? `${sanitized}_total` : sanitized
  return { ...metric, descriptor: { ...metric.descriptor, name: full, unit: hasUnit ? unit : word } }
}

function withLabels(metric: MetricData, labels: OtherMetrics['labels']): MetricData {
  const dataPoints = metric.dataPoints.map((point) => ({ ...point, attributes: { ...point.attributes, ...labels } }))
  return { ...metric, dataPoints } as MetricData
}
