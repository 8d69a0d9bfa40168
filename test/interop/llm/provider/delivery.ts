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

/** What a stream is called that is none by its content type; undefined where it is called nothing. */
const CONTENT_TYPES: Readonly<Record<string, string | undefined>> = {
  json: 'application/json',
  plain: 'text/plain; charset=utf-8',
  octets: 'application/octet-stream',
  typeless: undefined,
}

/** The content type of a stream, as a variant of behaviour has it. */
export const contentTypeOf = (variant: string | undefined, contentType: string) =>
  variant !== undefined && variant in CONTENT_TYPES ? CONTENT_TYPES[variant] : contentType

const LINE_ENDINGS: Readonly<Record<string, string>> = { crlf: '\r\n', cr: '\r' }

/** Writes a body as a variant of behaviour has it. */
export interface Delivery {
  /** Before the response's head is sent. */
  readonly contentEncoding: string | undefined
  /** Until the response took it all; at once when the client is gone. */
  write(bytes: string | Uint8Array): Promise<void>
  end(): void
  /** The client has left, or has got all. */
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
      const ended = typeof bytes === 'string' && lineEnding ? bytes.replaceAll('\n', lineEnding) : bytes
      // Cut anywhere, inside of characters too.
      const buffer = Buffer.from(ended as string)
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
