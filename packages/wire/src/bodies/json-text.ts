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

/**
 * Finds the ends of strings in a JSON text that arrives in parts, wherever these cut it. The parts are read as Latin-1
 * text: V8 finds a character in a string several times faster than a byte in an array, and there is much to find, since
 * texts for people are full of escaped quotes.
 */
export class StringScanner {
  #isInString = false
  /** Whether the last part ended in a backslash that escapes the first byte of the next one. */
  #isEscaped = false

  /**
   * To be called first for each part, which must not be empty. Returns -1 if the part does not begin within a string, else
   * what `endOfString` returns for that string.
   */
  resume(part: string): number {
    return this.#isInString ? this.endOfString(part, this.#isEscaped ? 1 : 0) : -1
  }

  /** Returns the index of the quote that ends a string, or the part's length if the string goes on in the next part. */
  endOfString(part: string, from: number): number {
    for (let start = from; ; ) {
      const quote = part.indexOf('"', start)
      const end = quote === -1 ? part.length : quote
      let backslashes = 0
      while (end - backslashes > start && part.charCodeAt(end - backslashes - 1) === BACKSLASH) backslashes++
      const isEscaped = backslashes % 2 === 1
      if (quote === -1 || !isEscaped) {
        this.#isInString = quote === -1
        this.#isEscaped = isEscaped
        return end
      }
      start = quote + 1
    }
  }
}

/** How much of a chunk is read as text at a time. The text is a copy. */
const MAX_PART_BYTES = 64 * 1024

/** Returns the parts of a chunk in which it is read as text. Nearly always it is one. */
export function partsOf(chunk: Uint8Array): readonly Buffer[] {
  const parts: Buffer[] = []
  for (let from = 0; from < chunk.length; from += MAX_PART_BYTES) {
    const length = Math.min(MAX_PART_BYTES, chunk.length - from)
    parts.push(Buffer.from(chunk.buffer, chunk.byteOffset + from, length))
  }
  return parts
}
