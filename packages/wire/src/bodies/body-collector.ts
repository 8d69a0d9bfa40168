/** Keeps a copy of a body's bytes, up to a bound. */
export interface BodyCollector {
  push(chunk: Uint8Array): void
  /** The body as UTF-8 text without a byte order mark, or undefined when it was longer than the bound. */
  text(): string | undefined
}

const NOTHING = new Uint8Array(0)
const MIN_BYTES = 512

/** @param maxBytes how much is kept; of a longer body, nothing is */
export function createBodyCollector(maxBytes: number): BodyCollector {
  let bytes: Uint8Array = NOTHING
  let length = 0
  let isTooLong = false

  return {
    push(chunk) {
      const needed = length + chunk.length
      if (isTooLong || needed > maxBytes) {
        isTooLong = true
        bytes = NOTHING
        return
      }
      if (needed > bytes.length) {
        // Doubled, so that a body in many small chunks costs linear time; a body in one chunk is copied to its size.
        // From Node's pool where it is small: an ArrayBuffer of its own for each is most of what a small body costs.
        const grown = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(needed, 2 * bytes.length, MIN_BYTES)))
        grown.set(bytes.subarray(0, length))
        bytes = grown
      }
      bytes.set(chunk, length)
      length = needed
    },
    text: () => (isTooLong ? undefined : new TextDecoder().decode(bytes.subarray(0, length))),
  }
}
