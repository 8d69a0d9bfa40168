import { loadMinizlib } from '../bodies/minizlib.ts'

/** Undoes the compression of the messages of one direction. */
export interface MessageInflater {
  /** Returns a message; undefined if it is broken, or too long. Nothing more can be inflated then. */
  inflate(bytes: Uint8Array): Uint8Array | undefined
  /** Frees the memory that inflating needs. */
  close(): void
}

/** The bytes that a sender leaves out at the end of each message (RFC 7692, 7.2.2). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff])

/**
 * Creates an inflater for messages that are compressed with permessage-deflate.
 *
 * @param keepsContext whether a message may refer to those before it
 * @param maxBytes how long an inflated message may be
 */
export function createMessageInflater(keepsContext: boolean, maxBytes: number): MessageInflater {
  let stream: ReturnType<typeof openStream> | undefined
  let isClosed = false

  function close(): void {
    isClosed = true
    stream?.close()
    stream = undefined
  }

  return {
    inflate(bytes) {
      if (isClosed) return undefined
      stream ??= openStream(maxBytes)
      const inflated = stream.inflate(bytes)
      if (inflated === undefined) {
        close()
      } else if (!keepsContext) {
        stream.close()
        stream = undefined
      }
      return inflated
    },
    close,
  }
}

function openStream(maxBytes: number) {
  const minizlib = loadMinizlib()
  // minizlib passes zlib's own bound on although its types leave it out.
  const stream = new minizlib.InflateRaw({ maxOutputLength: maxBytes } as object)
  let parts: Uint8Array[] = []
  let length = 0
  let isBroken = false
  stream.on('data', (part: Buffer) => {
    length += part.length
    if (length > maxBytes) isBroken = true
    else parts.push(part)
  })
  // Broken data is the sender's mistake, and no fault of ours.
  stream.on('error', () => {
    isBroken = true
  })
  return {
    inflate(bytes: Uint8Array): Uint8Array | undefined {
      parts = []
      length = 0
      stream.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      if (!isBroken) stream.write(TAIL)
      if (!isBroken) stream.flush()
      if (isBroken) return undefined
      return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    },
    close: () => stream.close(),
  }
}
