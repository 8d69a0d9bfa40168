/**
 * Returns an array that holds at least `size` numbers and begins with the given ones: the same array where it is long
 * enough, else a copy whose length is doubled until it is. Doubling keeps the cost of growing one by one low.
 */
export function ensureCapacity(numbers: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  if (size <= numbers.length) return numbers
  let length = numbers.length
  while (length < size) length *= 2
  const larger = new Float64Array(length)
  larger.set(numbers)
  return larger
}
