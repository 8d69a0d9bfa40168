import { decodeUtf8 } from './utf8.ts'

/** Keeps a copy of a body's bytes, up to a bound. */
export interface BodyCollector {
  /** Copies the next bytes of the body. */
  push(chunk: Uint8Array): void
  /** Returns the body as UTF-8 text without a byte order mark, or undefined if it is longer than the bound. */
  text(): string | undefined
}

const NOTHING = new Uint8Array(0)
const MIN_BUFFER_BYTES = 512

/** @param maxBytes the length of the longest body that is kept */
export function createBodyCollector(maxBytes: number): BodyCollector {
  let buffer: Uint8Array = NOTHING
  let length = 0
  let isTooLong = false

  return {
    push(chunk) {
      const newLength = length + chunk.length
      if (isTooLong || newLength > maxBytes) {
        isTooLong = true
        buffer = NOTHING
        return
      }
      if (newLength > buffer.length) {
        // The buffer doubles, so that a body in many small chunks takes linear time, but is no larger than the first
        // chunk, which may be all of the body. A small one comes from Node's pool: allocating an ArrayBuffer for each
        // small body would be most of its cost.
        const newBuffer = Buffer.allocUnsafe(
          Math.min(maxBytes, Math.max(newLength, 2 * buffer.length, MIN_BUFFER_BYTES)),
        )
        newBuffer.set(buffer.subarray(0, length))
        buffer = newBuffer
      }
      buffer.set(chunk, length)
      length = newLength
    },
    text: () => (isTooLong ? undefined : decodeUtf8(buffer.subarray(0, length))),
  }
}
