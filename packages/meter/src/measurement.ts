import { ValueType } from '@opentelemetry/api'
import type { MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'
import { isMonotonic, type Kind } from './kinds.ts'

/** The part of an instrument's stream that decides which measurements it accepts. */
interface MeasuredStream {
  readonly kind: Kind
  readonly descriptor: MetricDescriptor
}

/**
 * Returns a measurement as the instrument records it; undefined, after a warning, when it cannot be recorded. NaN or
 * infinity would stay in a sum for good, but a gauge may show them until its next value.
 */
export function admitMeasurement(value: unknown, { kind, descriptor: { name, valueType } }: MeasuredStream) {
  if (typeof value !== 'number') {
    return drop(`A ${typeof value} given to ${name} is dropped: only numbers can be recorded`)
  }
  if (isGauge(kind) && (valueType !== ValueType.INT || Number.isInteger(value))) return value
  if (!Number.isFinite(value)) return drop(`${value} given to ${name} is dropped: it is not a finite number`)
  if (value < 0 && (isMonotonic(kind) || kind === 'HISTOGRAM')) {
    return drop(`A negative value given to ${name} is dropped: ${value}`)
  }
  if (valueType !== ValueType.INT || Number.isInteger(value)) return value
  warn(`${name} takes whole numbers: the fraction of ${value} is dropped`)
  return Math.trunc(value)
}

const isGauge = (kind: Kind) => kind === 'GAUGE' || kind === 'OBSERVABLE_GAUGE'

function drop(reason: string): undefined {
  warn(reason)
}
