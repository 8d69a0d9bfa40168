import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { hashAttributes } from '../attributes.ts'
import { AttributesMap } from '../attributes-map.ts'
import { DELTA } from '../kinds.ts'
import type { Point } from '../point.ts'
import { mergePoints } from './points.ts'

type ScopeMetrics = ResourceMetrics['scopeMetrics'][number]

/** Returns the metrics that are deltas: what no later collection has again. Undefined when there are none. */
export function deltasOf({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics | undefined {
  const deltas = scopeMetrics
    .map(({ scope, metrics }) => ({ scope, metrics: metrics.filter(isDelta) }))
    .filter(({ metrics }) => metrics.length > 0)
  return deltas.length === 0 ? undefined : { resource, scopeMetrics: deltas }
}

const isDelta = ({ aggregationTemporality }: MetricData) => aggregationTemporality === DELTA

/**
 * Merges the deltas of an earlier collection into a later one of the same reader. A series that both have gets one point
 * for the whole time: counts and sums are added, buckets merged, a gauge keeps its later value. Neither argument is changed.
 *
 * There are never more series than the instruments have, which their cardinality limit bounds.
 */
export function mergeDeltas(earlier: ResourceMetrics, later: ResourceMetrics): ResourceMetrics {
  return {
    resource: later.resource,
    scopeMetrics: merge(earlier.scopeMetrics, later.scopeMetrics, scopeKey, mergeScopes),
  }
}

const scopeKey = ({ scope: { name, version, schemaUrl } }: ScopeMetrics) => JSON.stringify([name, version, schemaUrl])

const mergeScopes = (earlier: ScopeMetrics, later: ScopeMetrics): ScopeMetrics => ({
  scope: later.scope,
  metrics: merge(earlier.metrics, later.metrics, metricKey, mergeMetrics),
})

function metricKey(metric: MetricData): string {
  const { name, unit, valueType } = metric.descriptor
  const isMonotonic = 'isMonotonic' in metric && metric.isMonotonic
  return JSON.stringify([name, unit, valueType, metric.dataPointType, isMonotonic, metric.aggregationTemporality])
}

function mergeMetrics(earlier: MetricData, later: MetricData): MetricData {
  const earlierPoints = earlier.dataPoints as Point[]
  const byAttributes = new AttributesMap<Point>()
  for (const point of earlierPoints) byAttributes.add(hashAttributes(point.attributes), point)
  const merged = new Set<Point>()
  const points = (later.dataPoints as Point[]).flatMap((point) => {
    const known = byAttributes.get(hashAttributes(point.attributes), point.attributes)
    if (known === undefined) return [point]
    merged.add(known)
    return mergePoints(known, point, later.dataPointType) ?? [known, point]
  })
  return { ...later, dataPoints: [...earlierPoints.filter((point) => !merged.has(point)), ...points] } as MetricData
}

/** Merges the items of both that have the same key, and returns them with all others. */
function merge<T>(
  earlier: readonly T[],
  later: readonly T[],
  keyOf: (item: T) => string,
  mergeItems: (a: T, b: T) => T,
): T[] {
  const byKey = new Map(earlier.map((item) => [keyOf(item), item]))
  for (const item of later) {
    const key = keyOf(item)
    const known = byKey.get(key)
    byKey.set(key, known === undefined ? item : mergeItems(known, item))
  }
  return [...byKey.values()]
}
