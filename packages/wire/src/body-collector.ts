/** Keeps a copy of a body's bytes, up to a bound. */
export interface BodyCollector {
  push(chunk: Uint8Array): void
  /** The body as UTF-8 text without a byte order mark, or undefined when it was longer than the bound. */
  text(): string | undefined
  /** What fitted of the body, as UTF-8 text; its last character may be cut. */
  prefix(): string
}

/** @param maxBytes how much is kept. What comes after is not. */
export function createBodyCollector(maxBytes: number): BodyCollector {
  let bytes = new Uint8Array(0)
  let length = 0
  let whole = true

  const prefix = () => new TextDecoder().decode(bytes.subarray(0, length))

  return {
    push(chunk) {
      const taken = Math.min(chunk.length, maxBytes - length)
      if (taken < chunk.length) whole = false
      if (taken === 0) return
      const needed = length + taken
      if (needed > bytes.length) {
        // Doubled, so that a body in many small chunks costs linear time; a body in one chunk is copied to its size.
        const grown = new Uint8Array(Math.min(maxBytes, Math.max(needed, 2 * bytes.length)))
        grown.set(bytes.subarray(0, length))
        bytes = grown
      }
      bytes.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), length)
      length = needed
    },
    text: () => (whole ? prefix() : undefined),
    prefix,
  }
}
