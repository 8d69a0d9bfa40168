import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Transform } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib'

const ENCODERS: Readonly<Record<string, () => Transform & { flush(callback: () => void): void }>> = {
  gzip: createGzip,
  deflate: createDeflate,
  br: createBrotliCompress,
  zstd: createZstdCompress,
}

/** The wrong content types of streams, by variant; undefined for a stream without one. */
const CONTENT_TYPES: Readonly<Record<string, string | undefined>> = {
  json: 'application/json',
  plain: 'text/plain; charset=utf-8',
  octets: 'application/octet-stream',
  typeless: undefined,
}

/** The content type of a stream with this variant of a behaviour. */
export const contentTypeOf = (variant: string | undefined, contentType: string) =>
  variant !== undefined && variant in CONTENT_TYPES ? CONTENT_TYPES[variant] : contentType

const LINE_ENDINGS: Readonly<Record<string, string>> = { crlf: '\r\n', cr: '\r' }

/** Writes a body in the way of a behaviour's variant. */
export interface Delivery {
  /** The value for the response's head. */
  readonly contentEncoding: string | undefined
  /** Resolves when the response has accepted all bytes, or when the client has disconnected. */
  write(bytes: string | Uint8Array): Promise<void>
  end(): void
  /** Whether the client has disconnected, or has received everything. */
  readonly isClosed: boolean
  readonly closed: Promise<unknown>
}

export function createDelivery(response: ServerResponse, variant = ''): Delivery {
  const encoder = ENCODERS[variant]?.()
  encoder?.pipe(response)
  const lineEnding = LINE_ENDINGS[variant]
  const size = variant === 'bytes' ? 1 : 50
  let isClosed = false
  const closed = once(response, 'close').then(() => {
    isClosed = true
  })

  const writePiece = (piece: Uint8Array) =>
    new Promise<void>((resolve) => {
      if (encoder) encoder.write(piece, () => encoder.flush(resolve))
      else response.write(piece, () => resolve())
    })

  return {
    contentEncoding: encoder && variant,
    async write(bytes) {
      const text = typeof bytes === 'string' && lineEnding ? bytes.replaceAll('\n', lineEnding) : bytes
      // The pieces may split lines and characters.
      const buffer = Buffer.from(text as string)
      for (let i = 0; i < buffer.length && !isClosed; i += size) {
        await Promise.race([writePiece(buffer.subarray(i, i + size)), closed])
        await turn()
      }
    },
    end: () => void (encoder ?? response).end(),
    closed,
    get isClosed() {
      return isClosed
    },
  }
}
