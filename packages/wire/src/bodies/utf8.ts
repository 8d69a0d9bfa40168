const BYTE_ORDER_MARK = '\uFEFF'

/** Returns UTF-8 text without a byte order mark at its beginning. What is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = bufferOf(bytes).toString()
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

/** Returns the bytes as Latin-1 text, with one character for each byte. */
export const decodeLatin1 = (bytes: Uint8Array): string => bufferOf(bytes).toString('latin1')

/** A `TextDecoder` does the same to text, but takes longer for a small one. */
const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Decodes UTF-8 text that arrives in chunks, cut anywhere. It does what a `TextDecoder` does with `stream: true`, but is far
 * smaller while it waits, and faster.
 */
export class Utf8Stream {
  /** The first bytes of a character whose last ones have not arrived; undefined between characters. */
  #pending: Uint8Array | undefined
  #isAtStart = true

  /** Returns the text of the characters that are complete. The bytes are lent. */
  push(chunk: Uint8Array): string {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk])
    const end = bytes.length - unfinishedBytes(bytes)
    this.#pending = end === bytes.length ? undefined : Uint8Array.from(bytes.subarray(end))
    return this.#decode(bytes.subarray(0, end))
  }

  /** Returns U+FFFD for a character that the end of the text has cut, else an empty text. */
  end(): string {
    const bytes = this.#pending
    this.#pending = undefined
    return bytes === undefined ? '' : this.#decode(bytes)
  }

  #decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return ''
    const text = bufferOf(bytes).toString()
    const hasMark = this.#isAtStart && text.startsWith(BYTE_ORDER_MARK)
    this.#isAtStart = false
    return hasMark ? text.slice(1) : text
  }
}

/** Returns how many of the last bytes may be the beginning of a character that goes on. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= MAX_UNFINISHED_BYTES && count <= bytes.length; count++) {
    const byte = bytes[bytes.length - count] as number
    if (byte < FIRST_CONTINUATION) return 0
    if (byte >= FIRST_OF_TWO) return count < lengthOf(byte) ? count : 0
  }
  return 0
}

const MAX_UNFINISHED_BYTES = 3
/** The bytes from which on a byte continues a character, and begins one of two, three and four bytes. */
const [FIRST_CONTINUATION, FIRST_OF_TWO, FIRST_OF_THREE, FIRST_OF_FOUR] = [0x80, 0xc0, 0xe0, 0xf0]

const lengthOf = (firstByte: number) => (firstByte >= FIRST_OF_FOUR ? 4 : firstByte >= FIRST_OF_THREE ? 3 : 2)
