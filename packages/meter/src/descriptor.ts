import { type MetricOptions, ValueType } from '@opentelemetry/api'
import type { MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'

/** The syntax that the specification gives to an instrument's name. */
const NAME = /^[a-z][a-z0-9_.\-/]{0,254}$/i

/**
 * Creates a descriptor. An invalid name is reported but used, as in sdk-metrics: data under an odd name is better than
 * none.
 */
export function createDescriptor(name: string, options: MetricOptions | undefined): MetricDescriptor {
  const text = String(name)
  if (!NAME.test(text)) {
    warn(
      `Invalid metric name "${text}": it should begin with a letter and have at most 255 letters, digits, _ . - or /`,
    )
  }
  return {
    name: text,
    description: options?.description ?? '',
    unit: options?.unit ?? '',
    valueType: options?.valueType ?? ValueType.DOUBLE,
  }
}

/** The buckets that the specification gives to a histogram by default. */
export const DEFAULT_BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]

/**
 * Returns the finite boundaries that the advice gives, ascending; the specification's defaults without advice of
 * numbers.
 */
export function boundariesOf(name: string, options: MetricOptions | undefined): readonly number[] {
  const advised = options?.advice?.explicitBucketBoundaries
  if (advised === undefined || advised === null) return DEFAULT_BOUNDARIES
  if (
    !Array.isArray(advised) ||
    !advised.every((boundary) => typeof boundary === 'number' && !Number.isNaN(boundary))
  ) {
    warn(`The bucket boundaries advised for ${name} are not numbers; the default ones are used`)
    return DEFAULT_BOUNDARIES
  }
  return finiteBoundaries(advised)
}

/** Returns the finite ones of the boundaries, ascending. */
export const finiteBoundaries = (boundaries: readonly number[]): readonly number[] =>
  boundaries.filter(Number.isFinite).sort((a, b) => a - b)
