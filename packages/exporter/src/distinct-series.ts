import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics'

type Attributes = DataPoint<unknown>['attributes']

/**
 * Labels that the exposition writes by itself. An attribute that would become one of them gets the prefix that
 * Prometheus gives to such a label of a scrape.
 */
const RESERVED: ReadonlySet<string> = new Set(['gateway', 'process', 'le', 'quantile'])

/**
 * Makes the series of a metric as distinct in Prometheus' text format as they are in OpenTelemetry. There, values may
 * differ that have one text (lone surrogates, a number and the same number as a string), an empty value is a label like
 * any other, and several keys may become one label's name. Prometheus drops the samples of a series that a page has
 * twice, and rejects a page that has a label twice in one series.
 *
 * The metrics of the table need none of this, because label sets are distinct already.
 */
export function withDistinctSeries(metric: MetricData): MetricData {
  const points = new Map<string, DataPoint<unknown> | undefined>()
  for (const point of metric.dataPoints) {
    const attributes = labelsOf(point.attributes)
    const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (!points.has(key)) points.set(key, { ...point, attributes })
    else points.set(key, addPoints(points.get(key), point, metric))
  }
  return { ...metric, dataPoints: [...points.values()].filter((point) => point !== undefined) } as MetricData
}

/**
 * Turns attributes into labels, following "Prometheus and OpenMetrics Compatibility" of OpenTelemetry's specification:
 * where several keys become one name, their values are joined by semicolons, in the order of the keys.
 */
function labelsOf(attributes: Attributes): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const key of Object.keys(attributes).sort()) {
    const value = attributes[key]
    const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()
    // An empty value is the same as no label to Prometheus.
    if (text === '') continue
    const name = labelName(key)
    labels[name] = Object.hasOwn(labels, name) ? `${labels[name]};${text}` : text
  }
  return labels
}

function labelName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_')
  if (RESERVED.has(name)) return `exported_${name}`
  return /^[a-zA-Z_]/.test(name) ? name : `_${name}`
}

/**
 * Adds up two data points that are one series in the text.
 *
 * @returns undefined for a gauge, where neither of two values is right.
 */
function addPoints(a: DataPoint<unknown> | undefined, b: DataPoint<unknown>, metric: MetricData) {
  if (a === undefined) return undefined
  if (isHistogram(a.value) && isHistogram(b.value)) return { ...a, value: addHistograms(a.value, b.value) }
  const isSum = 'isMonotonic' in metric && typeof a.value === 'number' && typeof b.value === 'number'
  return isSum ? { ...a, value: (a.value as number) + (b.value as number) } : undefined
}

const isHistogram = (value: unknown): value is Histogram =>
  typeof value === 'object' && value !== null && 'buckets' in value

function addHistograms(a: Histogram, b: Histogram): Histogram {
  const counts = a.buckets.counts.map((count, i) => count + (b.buckets.counts[i] ?? 0))
  return {
    buckets: { boundaries: a.buckets.boundaries, counts },
    count: a.count + b.count,
    // A histogram of values that may be negative has no sum.
    ...(a.sum === undefined || b.sum === undefined ? {} : { sum: a.sum + b.sum }),
  }
}
