import type * as Minizlib from 'minizlib'
import { loadMinizlib } from './minizlib.ts'

/** Undoes the content-encoding of our copy of a body. */
export interface ContentDecoder {
  /** Returns what can be decoded by now: nothing any more once the data has turned out to be broken, or too much. */
  decode(chunk: Uint8Array): Uint8Array
  /** Frees the memory that decoding needs. */
  close(): void
}

/**
 * How much of one body is decoded, and how much one part of it may decode to, since an encoded body may be a bomb. Decoding
 * stops there; what has been decoded by then has been returned.
 */
const MAX_DECODED_BYTES = 64 * 1024 * 1024
const MAX_DECODED_PART_BYTES = 8 * 1024 * 1024
/** How much of a chunk is decoded at a time. */
const MAX_PART_BYTES = 64 * 1024
/**
 * The bound instead of `MAX_DECODED_BYTES` for a request that a server receives. It is lower because anybody may send such
 * a request, and decoding it takes the app's time.
 */
export const MAX_ARRIVING_BYTES = 4 * 1024 * 1024
/** How many codings one body may have. */
const MAX_CODINGS = 4

const NOTHING = Buffer.alloc(0)

type Codec = 'Gunzip' | 'Inflate' | 'InflateRaw' | 'BrotliDecompress' | 'ZstdDecompress'

/** The codec of each coding, which for `deflate` depends on the first byte of the body. */
const CODECS: Readonly<Record<string, (firstByte: number) => Codec>> = {
  gzip: () => 'Gunzip',
  'x-gzip': () => 'Gunzip',
  // RFC 9110 asks for the zlib format, but some servers send raw deflate data, and clients accept both.
  deflate: (firstByte) => ((firstByte & 0x0f) === 0x08 ? 'Inflate' : 'InflateRaw'),
  br: () => 'BrotliDecompress',
  zstd: () => 'ZstdDecompress',
}

/**
 * Creates a decoder for the value of a `content-encoding` header (RFC 9110), which may name several codings. Returns
 * undefined for `identity`. If a coding is unknown, or there are more than four, the decoder returns nothing.
 *
 * @param maxDecodedBytes how much each coding of the body may decode to; 64 MiB by default. The part that exceeds it is
 *   still returned.
 */
export function createContentDecoder(
  contentEncoding: string,
  maxDecodedBytes = MAX_DECODED_BYTES,
): ContentDecoder | undefined {
  const names = contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length === 0) return undefined
  if (names.length > MAX_CODINGS || names.some((name) => !Object.hasOwn(CODECS, name))) {
    return { decode: () => NOTHING, close() {} }
  }

  // The header names codings in the order in which they were applied, and the last one is undone first.
  const decoders = names.reverse().map((name) => createCodingDecoder(name, maxDecodedBytes))
  return {
    decode: (chunk) => decoders.reduce((data, decoder) => (data.length === 0 ? data : decoder.decode(data)), chunk),
    close() {
      for (const decoder of decoders) decoder.close()
    },
  }
}

/**
 * Creates a decoder for one coding. minizlib decodes synchronously, whereas a stream of `node:zlib` would return data only
 * after the exchange's end, and would keep the process alive until then.
 */
function createCodingDecoder(name: string, maxDecodedBytes: number): ContentDecoder {
  let stream: InstanceType<(typeof Minizlib)[Codec]> | undefined
  let isClosed = false
  /** What the current chunk has been decoded to. */
  let decodedParts: Buffer[] = []
  /** How many bytes all chunks have been decoded to. */
  let decodedBytes = 0

  function open(firstByte: number): NonNullable<typeof stream> | undefined {
    const codec = CODECS[name]?.(firstByte)
    if (codec === undefined) return undefined
    const minizlib = loadMinizlib()
    // minizlib passes zlib's own bound on although its types leave it out.
    const options: Minizlib.ZlibOptions & { maxOutputLength: number } = {
      maxOutputLength: Math.min(MAX_DECODED_PART_BYTES, maxDecodedBytes),
    }
    const opened = new minizlib[codec](options)
    opened.on('data', (part: Buffer) => {
      decodedParts.push(part)
      decodedBytes += part.length
    })
    // Broken data is the sender's mistake, and no fault of ours.
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
    decodedParts = []
    // Part by part, because a chunk may be long without being a bomb, and decode to more than one part may.
    for (let from = 0; from < chunk.length && !isClosed; from += MAX_PART_BYTES) {
      const length = Math.min(MAX_PART_BYTES, chunk.length - from)
      stream?.write(Buffer.from(chunk.buffer, chunk.byteOffset + from, length))
      stream?.flush()
      if (decodedBytes > maxDecodedBytes) close()
    }
    return decodedParts.length === 1 ? (decodedParts[0] ?? NOTHING) : Buffer.concat(decodedParts)
  }

  return { decode, close }
}
