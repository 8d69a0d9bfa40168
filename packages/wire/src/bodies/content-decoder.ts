import type * as Minizlib from 'minizlib'
import { loadMinizlib } from './minizlib.ts'

/** Undoes a content-encoding for an observer's copy of a body. */
export interface ContentDecoder {
  /** What can be decoded by now; nothing once the data turned out to be broken, or too much. */
  decode(chunk: Uint8Array): Uint8Array
  close(): void
}

/**
 * At most so much is made of one body, and of each part of it that is decoded at once: an encoded body may be a bomb.
 * Decoding stops there; what was decoded by then has been given.
 */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const MAX_DECODED_PART_BYTES = 8 * 1024 * 1024
/** How much of a chunk is decoded at once. */
const MAX_PART_BYTES = 64 * 1024
/** The same of a request that a server gets, which anybody may send: less, because to decode it takes the app's time. */
export const MAX_ARRIVING_BYTES = 4 * 1024 * 1024
/** Codings of one body. */
const MAX_CODINGS = 4

const NOTHING = Buffer.alloc(0)

type Codec = 'Gunzip' | 'Inflate' | 'InflateRaw' | 'BrotliDecompress' | 'ZstdDecompress'

/** By the name of a coding; for `deflate`, by the body's first byte. */
const CODECS: Readonly<Record<string, (firstByte: number) => Codec>> = {
  gzip: () => 'Gunzip',
  'x-gzip': () => 'Gunzip',
  // Some servers send what is deflated as it is, without the zlib format that RFC 9110 asks for; clients take both.
  deflate: (firstByte) => ((firstByte & 0x0f) === 0x08 ? 'Inflate' : 'InflateRaw'),
  br: () => 'BrotliDecompress',
  zstd: () => 'ZstdDecompress',
}

/**
 * A decoder for a `content-encoding` header's value, which may name several codings; undefined for `identity`. A coding
 * that is not known, or too many of them, decodes to nothing.
 *
 * @param maxBytes how much is made of the body at most, by each coding; 64 MiB by default
 */
export function createContentDecoder(contentEncoding: string, maxBytes = MAX_BODY_BYTES): ContentDecoder | undefined {
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0) return undefined
  if (names.length > MAX_CODINGS || names.some((name) => !Object.hasOwn(CODECS, name))) {
    return { decode: () => NOTHING, close() {} }
  }

  // Codings are named in the order in which they were applied.
  const codings = names.reverse().map((name) => createCoding(name, maxBytes))
  return {
    decode: (chunk) => codings.reduce((data, coding) => (data.length === 0 ? data : coding.decode(data)), chunk),
    close() {
      for (const coding of codings) coding.close()
    },
  }
}

/**
 * minizlib decodes synchronously: a stream of zlib's own would answer after the exchange's end, and would keep the
 * process alive meanwhile.
 */
function createCoding(name: string, maxBytes: number): ContentDecoder {
  let stream: InstanceType<(typeof Minizlib)[Codec]> | undefined
  let isClosed = false
  let decoded: Buffer[] = []
  let decodedBytes = 0

  function open(firstByte: number): NonNullable<typeof stream> | undefined {
    const codec = CODECS[name]?.(firstByte)
    if (codec === undefined) return undefined
    const minizlib = loadMinizlib()
    // zlib's own bound, which minizlib hands on though its types leave it out.
    const options: Minizlib.ZlibOptions & { maxOutputLength: number } = {
      maxOutputLength: Math.min(MAX_DECODED_PART_BYTES, maxBytes),
    }
    const opened = new minizlib[codec](options)
    opened.on('data', (part: Buffer) => {
      decoded.push(part)
      decodedBytes += part.length
    })
    // Broken data is the sender's affair and not a fault of ours.
    opened.on('error', close)
    return opened
  }

  function close(): void {
    isClosed = true
    stream?.close()
    stream = undefined
  }

  function decode(chunk: Uint8Array): Uint8Array {
    if (isClosed) return NOTHING
    stream ??= open(chunk[0] ?? 0)
    decoded = []
    // By parts, because a client may write a long prompt as one chunk, which is no bomb.
    for (let from = 0; from < chunk.length && !isClosed; from += MAX_PART_BYTES) {
      const length = Math.min(MAX_PART_BYTES, chunk.length - from)
      stream?.write(Buffer.from(chunk.buffer, chunk.byteOffset + from, length))
      stream?.flush()
      if (decodedBytes > maxBytes) close()
    }
    return decoded.length === 1 ? (decoded[0] ?? NOTHING) : Buffer.concat(decoded)
  }

  return { decode, close }
}
