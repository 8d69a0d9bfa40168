import type { ResponseHead } from '../exchange.ts'
import { fieldOfHead } from '../headers.ts'

/** A response's head that the app wrote to a socket. */
interface WrittenHead extends ResponseHead {
  /** The bytes that followed the head in the same chunk. */
  readonly bodyStart: Uint8Array
}

/** Bytes in which a head has to end. Beyond them, what is written is not considered HTTP. */
const MAX_HEAD_BYTES = 64 * 1024

/**
 * Creates a parser that finds the head of an HTTP/1 response in the bytes that an app writes. It skips heads of status
 * 1xx, except 101. `push` returns the head when it gets the chunk that completes it,
 * and undefined before; it never returns one if the bytes are not HTTP.
 */
export function createResponseHeadParser(): { push(chunk: Uint8Array): WrittenHead | undefined } {
  let pending = Buffer.alloc(0)
  let isHttp = true

  function push(chunk: Uint8Array): WrittenHead | undefined {
    if (!isHttp) return undefined
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const end = pending.indexOf('\r\n\r\n')
      if (end === -1) {
        isHttp = pending.length <= MAX_HEAD_BYTES
        return undefined
      }
      const text = pending.toString('latin1', 0, end)
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1])
      const bodyStart = pending.subarray(end + 4)
      if (!(status >= 100)) {
        isHttp = false
        return undefined
      }
      if (status >= 200 || status === 101) return { status, bodyStart, header: (name) => fieldOfHead(text, name) }
      pending = bodyStart
    }
  }
  return { push }
}
