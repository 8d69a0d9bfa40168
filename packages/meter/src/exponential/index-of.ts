/** The exponents of the smallest and of the largest normal number. */
const [MIN_EXPONENT, MAX_EXPONENT] = [-1022, 1023]
const MIN_NORMAL = 2 ** MIN_EXPONENT

const view = new DataView(new ArrayBuffer(8))

/**
 * Returns the index of the bucket of a positive number: bucket i has the numbers above base^i, up to base^(i+1), where
 * the base is 2^(2^-scale). Subnormal numbers are in the bucket of the smallest normal one, as the specification allows.
 *
 * It computes as `@opentelemetry/sdk-metrics` does, so that both put a number near a boundary into the same bucket.
 *
 * @param scale a whole number from -10 to 20
 */
export function indexOf(value: number, scale: number): number {
  if (value <= MIN_NORMAL) return indexOfPowerOfTwo(MIN_EXPONENT, scale)
  view.setFloat64(0, value)
  const high = view.getUint32(0)
  const exponent = (high >>> 20) - MAX_EXPONENT
  const isPowerOfTwo = (high & 0xf_ff_ff) === 0 && view.getUint32(4) === 0
  if (isPowerOfTwo) return indexOfPowerOfTwo(exponent, scale)
  if (scale <= 0) return exponent >> -scale
  const index = Math.floor(Math.log(value) * (Math.LOG2E * 2 ** scale))
  return Math.min(index, ((MAX_EXPONENT + 1) << scale) - 1)
}

/** A power of two is the upper end of its bucket. */
const indexOfPowerOfTwo = (exponent: number, scale: number) =>
  scale > 0 ? (exponent << scale) - 1 : (exponent - 1) >> -scale
