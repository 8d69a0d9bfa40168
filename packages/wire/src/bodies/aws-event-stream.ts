/** A message of an AWS event stream. */
export interface AwsEvent {
  /** A header whose value is a string, as `:event-type`, by its name. */
  header(name: string): string | undefined
  readonly payload: Uint8Array
}

/** Reads `application/vnd.amazon.eventstream` from bytes as they pass. */
export interface AwsEventStreamParser {
  /** Bytes of the body, cut anywhere. */
  push(chunk: Uint8Array): void
}

/** Total length and headers' length, four bytes each, and their checksum. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4

/** How many bytes a header's value has, by its type; undefined where two bytes of length come first. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16] as const
const STRING = 7

/**
 * The framing is Smithy's: {@link https://smithy.io/2.0/aws/amazon-eventstream.html}. Checksums are not verified: what an
 * observer reads is what the client, which verifies them, reads too.
 *
 * @param onEvent gets each message. What it throws reaches the caller of `push`, and the rest of that chunk is lost.
 * @param maxBytes how long a message may be; 1 MiB by default. A longer one is passed over, and the next one is read as
 *   ever. Lengths that contradict each other end the reading: where the next message begins is not known then.
 */
export function createAwsEventStreamParser(
  onEvent: (event: AwsEvent) => void,
  maxBytes = 1024 * 1024,
): AwsEventStreamParser {
  let message = new Uint8Array(PRELUDE_BYTES)
  let filled = 0
  let skip = 0
  let isBroken = false

  function push(chunk: Uint8Array): void {
    let from = 0
    while (from < chunk.length && !isBroken) {
      const part = chunk.subarray(from, from + (skip > 0 ? skip : message.length - filled))
      from += part.length
      if (skip > 0) {
        skip -= part.length
        continue
      }
      message.set(part, filled)
      filled += part.length
      if (filled < message.length) return
      if (filled === PRELUDE_BYTES) readPrelude()
      else endMessage()
    }
  }

  function readPrelude(): void {
    const [total, headers] = lengths(message)
    if (headers > total - PRELUDE_BYTES - CHECKSUM_BYTES) {
      isBroken = true
    } else if (total > maxBytes) {
      skip = total - PRELUDE_BYTES
      filled = 0
    } else {
      const whole = new Uint8Array(total)
      whole.set(message)
      message = whole
    }
  }

  function endMessage(): void {
    const whole = message
    message = new Uint8Array(PRELUDE_BYTES)
    filled = 0
    const payload = PRELUDE_BYTES + lengths(whole)[1]
    const headers = whole.subarray(PRELUDE_BYTES, payload)
    onEvent({
      header: (name) => findHeader(headers, name),
      payload: whole.subarray(payload, whole.length - CHECKSUM_BYTES),
    })
  }

  return { push }
}

function lengths(bytes: Uint8Array): [total: number, headers: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return [view.getUint32(0), view.getUint32(4)]
}

function findHeader(bytes: Uint8Array, wanted: string): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (from: number, length: number) => new TextDecoder().decode(bytes.subarray(from, from + length))
  let at = 0
  while (at < bytes.length) {
    const nameLength = view.getUint8(at)
    const value = at + 1 + nameLength + 1
    if (value > bytes.length) return undefined
    const type = view.getUint8(value - 1)
    if (type >= VALUE_BYTES.length) return undefined
    const fixed = VALUE_BYTES[type]
    if (fixed === undefined && value + 2 > bytes.length) return undefined
    const length = fixed ?? view.getUint16(value)
    const start = fixed === undefined ? value + 2 : value
    if (start + length > bytes.length) return undefined
    if (type === STRING && text(at + 1, nameLength) === wanted) return text(start, length)
    at = start + length
  }
  return undefined
}
