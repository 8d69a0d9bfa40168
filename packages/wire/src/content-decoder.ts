import { createRequire } from 'node:module'
import type * as Minizlib from 'minizlib'

/** Undoes a content-encoding for an observer's copy of a body. */
export interface ContentDecoder {
  /** What can be decoded by now; nothing once the data turned out to be broken, or too much. */
  decode(chunk: Uint8Array): Uint8Array
  close(): void
}

/**
 * At most so much is made of one body, and of one chunk of it: an encoded body may be a bomb. Decoding stops there;
 * what was decoded by then has been given.
 */
const MAX_BODY_BYTES = 64 * 1024 * 1024
const MAX_CHUNK_BYTES = 8 * 1024 * 1024

const NOTHING = Buffer.alloc(0)

type Codec = 'Gunzip' | 'Inflate' | 'BrotliDecompress' | 'ZstdDecompress'

const CODECS: Readonly<Record<string, Codec>> = {
  gzip: 'Gunzip',
  'x-gzip': 'Gunzip',
  deflate: 'Inflate',
  br: 'BrotliDecompress',
  zstd: 'ZstdDecompress',
}

const require = createRequire(import.meta.url)

/**
 * A decoder for a `content-encoding` header's value; undefined for `identity`. An encoding that is not known, or several
 * at once, decodes to nothing.
 *
 * minizlib decodes synchronously: a stream of zlib's own would answer after the exchange's end, and would keep the
 * process alive meanwhile. It is loaded here, since most processes never need it.
 */
export function createContentDecoder(contentEncoding: string): ContentDecoder | undefined {
  const name = contentEncoding.trim().toLowerCase()
  if (name === '' || name === 'identity') return undefined
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined
  if (codec === undefined) return { decode: () => NOTHING, close() {} }

  const minizlib = require('minizlib') as typeof Minizlib
  // zlib's own bound, which minizlib hands on though its types leave it out.
  const options: Minizlib.ZlibOptions & { maxOutputLength: number } = { maxOutputLength: MAX_CHUNK_BYTES }
  let stream: InstanceType<(typeof Minizlib)[Codec]> | undefined = new minizlib[codec](options)
  let decoded: Buffer[] = []
  let decodedBytes = 0
  stream.on('data', (part: Buffer) => {
    decoded.push(part)
    decodedBytes += part.length
  })
  // Broken data is the sender's affair and not a fault of ours.
  stream.on('error', close)

  function close(): void {
    stream?.close()
    stream = undefined
  }

  function decode(chunk: Uint8Array): Uint8Array {
    if (stream === undefined) return NOTHING
    decoded = []
    stream.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    stream?.flush()
    if (decodedBytes > MAX_BODY_BYTES) close()
    return decoded.length === 1 ? (decoded[0] ?? NOTHING) : Buffer.concat(decoded)
  }

  return { decode, close }
}
