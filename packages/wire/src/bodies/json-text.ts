/** The bytes that structure a JSON text. In UTF-8, none of them occurs within a character of several bytes. */
export const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
export const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]

/** White space, and the bytes of a byte order mark. These may precede any JSON text or event stream. */
export const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

/**
 * Finds the end of a string of a JSON text. Nearly all bytes of a large body are in strings, so this function makes up
 * most of the cost of reading one.
 *
 * @param from an index within the string at which no escape is unfinished
 * @returns the index of the quote that ends the string; the chunk's length if the string does not end in this chunk, or
 *   one more if the chunk's last byte is a backslash that escapes the first byte of the next chunk
 */
export function endOfString(chunk: Uint8Array, from: number): number {
  const { length } = chunk
  let i = from
  while (i < length) {
    // Most names and values are short, and calling `indexOf` takes as long as looking at this many bytes here.
    for (const near = Math.min(i + NEAR_BYTES, length); i < near; ) {
      const byte = chunk[i]
      if (byte === QUOTE) return i
      i += byte === BACKSLASH ? 2 : 1
    }
    if (i >= length) return i
    const quote = indexOf.call(chunk, QUOTE, i)
    const end = quote === -1 ? length : quote
    let backslashes = 0
    while (end - backslashes > i && chunk[end - backslashes - 1] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
    i = end + 1
  }
  return i
}

const NEAR_BYTES = 32
const { indexOf } = Uint8Array.prototype

/** Finds the ends of strings in a JSON text that arrives in chunks, wherever the chunks cut it. */
export class StringScanner {
  #isInString = false
  /** Whether the last chunk ended in a backslash that escapes the first byte of the next one. */
  #isEscaped = false

  /**
   * To be called first for each chunk. Returns -1 if the chunk does not begin within a string, else what `endOfString`
   * returns for that string.
   */
  resume(chunk: Uint8Array): number {
    if (!this.#isInString) return -1
    return chunk.length === 0 ? 0 : this.endOfString(chunk, this.#isEscaped ? 1 : 0)
  }

  /** Returns what `endOfString` returns, and remembers whether the string goes on in the next chunk. */
  endOfString(chunk: Uint8Array, from: number): number {
    const end = endOfString(chunk, from)
    this.#isInString = end >= chunk.length
    this.#isEscaped = end > chunk.length
    return end
  }
}
