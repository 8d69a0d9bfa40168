import type { DataPointType, MetricData } from '@opentelemetry/sdk-metrics'
import type { FamilyHead } from '../text/series-lines.ts'

// These are the SDK's values, because loading the SDK would slow down every start.
const HISTOGRAM = 0 as DataPointType.HISTOGRAM
const GAUGE = 2 as DataPointType.GAUGE
const SUM = 3 as DataPointType.SUM

/** Prometheus' words for OpenTelemetry's units, which are UCUM's. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' }

/**
 * Returns the name, the kind and the unit that a metric has in Prometheus: the counter `read.size`, in `By`, becomes
 * `read_size_bytes_total`. Follows "Prometheus and OpenMetrics Compatibility" of OpenTelemetry's specification.
 *
 * @returns undefined for a metric that Prometheus cannot have: an exponential histogram, or one without a valid name.
 */
export function otherHead(metric: MetricData): FamilyHead | undefined {
  const kind = kindOf(metric)
  if (kind === undefined) return undefined
  const { name, unit: ucum, description } = metric.descriptor
  const base = kind === 'counter' ? sanitize(name).replace(/_total$/, '') : sanitize(name)
  const word = Object.hasOwn(UNITS, ucum) ? UNITS[ucum] : undefined
  const withUnit = word === undefined || base.endsWith(`_${word}`) ? base : `${base}_${word}`
  if (base === '' || base === '_') return undefined
  return {
    name: kind === 'counter' ? `${withUnit}_total` : withUnit,
    kind,
    help: description,
    unit: word ?? unitWord(withUnit, ucum),
  }
}

function kindOf(metric: MetricData): FamilyHead['kind'] | undefined {
  switch (metric.dataPointType) {
    case HISTOGRAM:
      return 'histogram'
    case GAUGE:
      return 'gauge'
    case SUM:
      return metric.isMonotonic ? 'counter' : 'gauge'
    default:
      return undefined
  }
}

/** Returns a unit that the name ends in already, such as `ratio`. */
const unitWord = (name: string, unit: string) => (/^[a-z]+$/.test(unit) && name.endsWith(`_${unit}`) ? unit : '')

function sanitize(name: string): string {
  const sanitized = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_')
  return /^\d/.test(sanitized) ? `_${sanitized}` : sanitized
}
