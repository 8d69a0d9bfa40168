import type { DataPointType } from '@opentelemetry/sdk-metrics'
import { type FrozenAttributes, OVERFLOW_ATTRIBUTES } from './attributes.ts'
import { mergePoints } from './merging/points.ts'
import type { Point } from './point.ts'

/**
 * Merges the points of other series into one that has the overflow attributes.
 *
 * @param within the attributes objects of the series that keep their points
 */
export function withOverflow(
  points: readonly Point[],
  within: ReadonlySet<FrozenAttributes>,
  type: DataPointType,
): Point[] {
  const [first, ...others] = points.filter(({ attributes }) => !within.has(attributes))
  const own = points.filter(({ attributes }) => within.has(attributes))
  if (first === undefined) return own
  // The series of one instrument have the same buckets, so that they can be merged.
  const overflow = others.reduce((merged, point) => mergePoints(merged, point, type) ?? merged, first)
  return [...own, { ...overflow, attributes: OVERFLOW_ATTRIBUTES }]
}
