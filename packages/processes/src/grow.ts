/** The same numbers, in an array with room for so many: doubled until it fits, so that growing costs little. */
export function withRoom(numbers: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  if (size <= numbers.length) return numbers
  let length = numbers.length
  while (length < size) length *= 2
  const larger = new Float64Array(length)
  larger.set(numbers)
  return larger
}
