import type { Format } from '../collected.ts'

/** Returns a sample's value as both formats write it. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

/**
 * Returns a bucket's upper bound as the label `le` has it. OpenMetrics prescribes the canonical form of a float, which
 * is Go's: `1.0`, `0.001`, `1.048576e+06`. Prometheus 3 turns what it reads in the text format into that form too.
 */
export const boundText = (bound: number, format: Format): string =>
  format === 'openmetrics' && Number.isFinite(bound) ? canonicalText(bound) : numberText(bound)

/** The powers of ten from which on Go writes a float with an exponent. */
const MIN_EXPONENT = -4
const MAX_EXPONENT = 6

function canonicalText(value: number): string {
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  // JavaScript writes a float with an exponent only below 1e-6.
  if (exponent >= MIN_EXPONENT && exponent < MAX_EXPONENT) return Number.isInteger(value) ? `${value}.0` : String(value)
  const sign = exponent < 0 ? '-' : '+'
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}
