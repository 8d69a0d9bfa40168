import { ValueType } from '@opentelemetry/api'
import type { MetricDescriptor } from '@opentelemetry/sdk-metrics'
import { warn } from './diagnostics.ts'
import { isMonotonic, type Kind } from './kinds.ts'

/** What is measured, and how. */
interface Measured {
  readonly kind: Kind
  readonly descriptor: MetricDescriptor
}

/**
 * A measurement as the instrument takes it; undefined, after a warning, when it takes none such. NaN or infinity would
 * spoil a sum for good; a gauge may show them, for its next value is another one.
 */
export function admitMeasurement(value: unknown, { kind, descriptor: { name, valueType } }: Measured) {
  if (typeof value !== 'number') {
    return drop(`A ${typeof value} given to ${name} is dropped: only numbers can be recorded`)
  }
  if (isGauge(kind) && (valueType !== ValueType.INT || Number.isInteger(value))) return value
  if (!Number.isFinite(value)) return drop(`${value} given to ${name} is dropped: it is no finite number`)
  if (value < 0 && (isMonotonic(kind) || kind === 'HISTOGRAM')) {
    return drop(`A negative value given to ${name} is dropped: ${value}`)
  }
  if (valueType !== ValueType.INT || Number.isInteger(value)) return value
  warn(`${name} takes whole numbers: the fraction of ${value} is dropped`)
  return Math.trunc(value)
}

const isGauge = (kind: Kind) => kind === 'GAUGE' || kind === 'OBSERVABLE_GAUGE'

function drop(why: string): undefined {
  warn(why)
}
