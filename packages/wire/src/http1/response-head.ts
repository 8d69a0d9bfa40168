import type { ResponseHead } from '../exchange.ts'
import { fieldOfHead } from '../headers.ts'

/** A head that was written to a socket, and what came after it in the same chunk. */
interface WrittenHead extends ResponseHead {
  readonly rest: Uint8Array
}

/** No head of an answer is longer, in bytes. */
const MAX_HEAD_BYTES = 64 * 1024

/**
 * Finds the head of an HTTP/1 answer in the bytes that an app writes, and passes over 1xx heads before it, other than
 * 101. Gives nothing, ever, for what is no HTTP.
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
      const rest = pending.subarray(end + 4)
      if (!(status >= 100)) {
        isHttp = false
        return undefined
      }
      if (status >= 200 || status === 101) return { status, rest, header: (name) => fieldOfHead(text, name) }
      pending = rest
    }
  }
  return { push }
}
