import zlib from 'node:zlib'
import { fault } from './guard.ts'

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

const NOTHING = new Uint8Array(0)

/** Node's codecs do their work at once, on this thread, through a method that its types leave out. */
interface SyncCodec {
  _processChunk(chunk: Uint8Array, flushFlag: number): Uint8Array
  close(): void
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants
const options = { maxOutputLength: MAX_CHUNK_BYTES }

const CODECS: Readonly<Record<string, { create(): unknown; flush: number }>> = {
  gzip: { create: () => zlib.createGunzip({ ...options, finishFlush: Z_SYNC_FLUSH }), flush: Z_SYNC_FLUSH },
  deflate: { create: () => zlib.createInflate({ ...options, finishFlush: Z_SYNC_FLUSH }), flush: Z_SYNC_FLUSH },
  br: { create: () => zlib.createBrotliDecompress(options), flush: BROTLI_OPERATION_FLUSH },
  zstd: { create: () => zlib.createZstdDecompress(options), flush: ZSTD_e_flush },
}

/**
 * A decoder for a `content-encoding` header's value; undefined for `identity`. An encoding that is not known, or several
 * at once, decodes to nothing.
 *
 * It decodes synchronously: a stream of zlib's own would answer later, after the exchange's end, and would keep the
 * process alive meanwhile.
 */
export function createContentDecoder(contentEncoding: string): ContentDecoder | undefined {
  const name = contentEncoding.trim().toLowerCase().replace(/^x-/, '')
  if (name === '' || name === 'identity') return undefined
  const definition = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined
  if (definition === undefined) return { decode: () => NOTHING, close() {} }

  let codec = definition.create() as SyncCodec | undefined
  let decodedBytes = 0

  function close(): void {
    try {
      codec?.close()
    } catch (error) {
      fault(error)
    }
    codec = undefined
  }

  function decode(chunk: Uint8Array): Uint8Array {
    if (codec === undefined) return NOTHING
    try {
      const decoded = codec._processChunk(chunk, definition?.flush ?? Z_SYNC_FLUSH)
      decodedBytes += decoded.length
      if (decodedBytes > MAX_BODY_BYTES) close()
      return decoded
    } catch {
      // Broken data is the sender's affair and not a fault of ours.
      close()
      return NOTHING
    }
  }

  return { decode, close }
}
