import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** Prometheus' words for units of OpenTelemetry (UCUM). */
const WORDS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' }

/**
 * Metrics under the names that they have in Prometheus, which end in their unit: `http.server.request.duration`, in `s`,
 * is `http.server.request.duration_seconds`. Those that say it already, as the table's do, are left as they are.
 *
 * Follows "Prometheus and OpenMetrics Compatibility" of OpenTelemetry's specification, which the serializer does not.
 */
export const withUnitNames = ({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics => ({
  resource,
  scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(withUnitName) })),
})

function withUnitName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor
  const word = WORDS[unit]
  if (word === undefined || name.endsWith(`_${word}`)) return metric
  return { ...metric, descriptor: { ...metric.descriptor, name: `${name}_${word}`, unit: word } }
}
