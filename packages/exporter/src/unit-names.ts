import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** Prometheus' words for OpenTelemetry's units, which are UCUM's. */
const WORDS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' }

/**
 * Gives metrics the names that they have in Prometheus, which end in the unit: `http.server.request.duration`, in `s`,
 * becomes `http.server.request.duration_seconds`. A name that ends in its unit already stays.
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
