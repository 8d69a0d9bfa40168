/** Bytes that structure a JSON text. None of them occurs within a character of several bytes in UTF-8. */
export const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
export const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * Finds the end of a string of a JSON text. Nearly all of a body is strings, so this is what reading a body costs.
 *
 * @param from an index within the string, where no escape is under way
 * @returns the index of the quote that ends the string; the chunk's length where the string does not end in this chunk,
 *   and one more where the next chunk begins with what the last byte escapes
 */
export function endOfString(chunk: Uint8Array, from: number): number {
  const { length } = chunk
  let i = from
  while (i < length) {
    // Names and numbers end soon: to ask the engine for a quote takes as long as to look at so many bytes.
    for (const near = Math.min(i + NEAR_BYTES, length); i < near; ) {
      const byte = chunk[i]
      if (byte === QUOTE) return i
      i += byte === BACKSLASH ? 2 : 1
    }
    if (i >= length) return i
    const quote = indexOf.call(chunk, QUOTE, i)
    const end = quote === -1 ? length : quote
    let escapes = 0
    while (end - escapes > i && chunk[end - escapes - 1] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
    i = end + 1
  }
  return i
}

const NEAR_BYTES = 32
const { indexOf } = Uint8Array.prototype
