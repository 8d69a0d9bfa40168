import type { BodyParser } from './body-parser.ts'
import { createContentDecoder } from './content-decoder.ts'

/** How many bytes stand before each message: whether it is compressed, and its length. */
const HEAD_BYTES = 5

/**
 * Creates a parser of a gRPC body: messages, each with its length before it
 * ({@link https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md}).
 *
 * @param onMessage gets each message whole, with its compression undone. The bytes are valid only during the call.
 * @param maxMessageBytes how long a message may be; a longer one is left out
 * @param encoding the `grpc-encoding` of the body, for compressed messages. Those whose encoding is unknown are left out.
 */
export function createGrpcParser(
  onMessage: (message: Uint8Array) => void,
  maxMessageBytes: number,
  encoding = 'identity',
): BodyParser {
  const head = new Uint8Array(HEAD_BYTES)
  let headLength = 0
  /** How much of the current message is still to come. */
  let left = 0
  let chunks: Uint8Array[] | undefined

  function endMessage(): void {
    const message = chunks === undefined ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const isCompressed = head[0] === 1
    headLength = 0
    if (message === undefined) return
    const whole = isCompressed ? decompress(message, encoding, maxMessageBytes) : message
    if (whole !== undefined) onMessage(whole)
  }

  return {
    push(chunk) {
      let position = 0
      while (position < chunk.length) {
        if (headLength < HEAD_BYTES) {
          head[headLength++] = chunk[position++] as number
          if (headLength < HEAD_BYTES) continue
          left = new DataView(head.buffer).getUint32(1)
          chunks = left <= maxMessageBytes ? [] : undefined
        } else {
          const part = chunk.subarray(position, position + left)
          // A chunk is lent, so that what is kept for longer has to be copied.
          chunks?.push(part.length === left && chunks.length === 0 ? part : part.slice())
          left -= part.length
          position += part.length
        }
        if (left === 0) endMessage()
      }
    },
    end() {},
  }
}

function decompress(message: Uint8Array, encoding: string, maxBytes: number): Uint8Array | undefined {
  const decoder = createContentDecoder(encoding, maxBytes)
  if (decoder === undefined) return undefined
  const decoded = decoder.decode(message)
  decoder.close()
  return decoded.length === 0 ? undefined : decoded
}
