import type { DataPointType } from '@opentelemetry/sdk-metrics'
import type { Point } from '../point.ts'
import { GAUGE } from '../point-types.ts'
import { mergeValues } from './values.ts'

/**
 * Merges two points of one type: counts and sums are added, buckets merged, and of gauges the later one remains. The result
 * has the start of the earlier point, and else what the later one has.
 *
 * @returns undefined if the two have different buckets, which cannot be merged
 */
export function mergePoints(earlier: Point, later: Point, type: DataPointType): Point | undefined {
  if (type === GAUGE) return later
  const value = mergeValues(earlier.value, later.value)
  if (value === undefined) return undefined
  const merged = { ...later, startTime: earlier.startTime, value }
  const { exemplars } = earlier
  if (exemplars === undefined) return merged
  return { ...merged, exemplars: exemplars.map((exemplar, i) => later.exemplars?.[i] ?? exemplar) }
}
