import type { BodyParser } from './body-parser.ts'
import { decodeUtf8 } from './utf8.ts'

/** A message of an AWS event stream. */
export interface AwsMessage {
  /** Returns the value of a header such as `:event-type`, or undefined if no string header has that name. */
  header(name: string): string | undefined
  readonly payload: Uint8Array
}

/** The prelude is the length of the message, the length of its headers, and a checksum, of four bytes each. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4

/** The length of a header's value by its type. Undefined stands for a length that precedes the value in two bytes. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16] as const
const STRING_TYPE = 7

/**
 * Reads `application/vnd.amazon.eventstream`, whose framing is Smithy's:
 * {@link https://smithy.io/2.0/aws/amazon-eventstream.html}. Checksums are not verified: the app's client verifies them,
 * and reads the same bytes. Reading ends for good at lengths that contradict each other, because it is unknown then where
 * the next message begins.
 *
 * @param onMessage gets each message
 * @param maxMessageBytes the length of the longest message that is read; 1 MiB by default
 */
export function createAwsEventStreamParser(
  onMessage: (message: AwsMessage) => void,
  maxMessageBytes = 1024 * 1024,
): BodyParser {
  /** The current message's prelude, and once that is complete, the message. */
  let message = new Uint8Array(PRELUDE_BYTES)
  let filledBytes = 0
  /** How many bytes of a message that is too long are still to come. */
  let bytesToSkip = 0
  let isBroken = false

  function push(chunk: Uint8Array): void {
    let from = 0
    while (from < chunk.length && !isBroken) {
      const part = chunk.subarray(from, from + (bytesToSkip > 0 ? bytesToSkip : message.length - filledBytes))
      from += part.length
      if (bytesToSkip > 0) {
        bytesToSkip -= part.length
        continue
      }
      message.set(part, filledBytes)
      filledBytes += part.length
      if (filledBytes < message.length) return
      if (filledBytes === PRELUDE_BYTES) readPrelude()
      else endMessage()
    }
  }

  function readPrelude(): void {
    const { messageBytes, headerBytes } = readLengths(message)
    if (headerBytes > messageBytes - PRELUDE_BYTES - CHECKSUM_BYTES) {
      isBroken = true
    } else if (messageBytes > maxMessageBytes) {
      bytesToSkip = messageBytes - PRELUDE_BYTES
      filledBytes = 0
    } else {
      const prelude = message
      message = new Uint8Array(messageBytes)
      message.set(prelude)
    }
  }

  function endMessage(): void {
    const completeMessage = message
    message = new Uint8Array(PRELUDE_BYTES)
    filledBytes = 0
    const payloadStart = PRELUDE_BYTES + readLengths(completeMessage).headerBytes
    const headers = completeMessage.subarray(PRELUDE_BYTES, payloadStart)
    onMessage({
      header: (name) => findHeader(headers, name),
      payload: completeMessage.subarray(payloadStart, completeMessage.length - CHECKSUM_BYTES),
    })
  }

  return {
    push,
    // A message states its length, so that the end of the body completes none.
    end() {},
  }
}

function readLengths(prelude: Uint8Array): { messageBytes: number; headerBytes: number } {
  const view = new DataView(prelude.buffer, prelude.byteOffset)
  return { messageBytes: view.getUint32(0), headerBytes: view.getUint32(4) }
}

/**
 * Finds the value of a string header. Each header is the length of its name in one byte, the name, the type of the value
 * in one byte, and the value. The search ends at the first header that is broken.
 */
function findHeader(headers: Uint8Array, name: string): string | undefined {
  const view = new DataView(headers.buffer, headers.byteOffset, headers.byteLength)
  const text = (from: number, to: number) => decodeUtf8(headers.subarray(from, to))
  let start = 0
  while (start < headers.length) {
    const nameEnd = start + 1 + view.getUint8(start)
    if (nameEnd >= headers.length) return undefined
    const type = view.getUint8(nameEnd)
    if (type >= VALUE_BYTES.length) return undefined
    let valueStart = nameEnd + 1
    let valueBytes: number | undefined = VALUE_BYTES[type]
    if (valueBytes === undefined) {
      if (valueStart + 2 > headers.length) return undefined
      valueBytes = view.getUint16(valueStart)
      valueStart += 2
    }
    const valueEnd = valueStart + valueBytes
    if (valueEnd > headers.length) return undefined
    if (type === STRING_TYPE && text(start + 1, nameEnd) === name) return text(valueStart, valueEnd)
    start = valueEnd
  }
  return undefined
}
