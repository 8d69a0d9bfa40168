import type { Readable, Writable } from 'node:stream'
import { guarded } from '../guard.ts'
import { shadow } from '../shadow.ts'

/**
 * Observes what the source of a stream pushes, whether or not the app reads it, and leaves the mode of the stream as it is.
 *
 * @param onEnd is called when the source pushes null, which is the end
 * @returns a function that removes the tap and leaves the stream as it was
 */
export function tapReadable(stream: Readable, onChunk: (chunk: Uint8Array) => void, onEnd: () => void): () => void {
  const { push } = stream
  const notify = guarded((chunk: unknown, encoding: unknown) => {
    if (chunk === null) onEnd()
    else passBytes(onChunk, chunk, encoding)
  })
  return shadow(stream, 'push', function (this: Readable, chunk: unknown, encoding?: BufferEncoding) {
    notify(chunk, encoding)
    return push.call(this, chunk, encoding)
  })
}

type WriteCallback = (error?: Error | null) => void
interface Chunk {
  readonly chunk: unknown
  readonly encoding: BufferEncoding
}

/**
 * Observes what a stream hands to its sink. Apps replace `write`, keep it for later, or call it with chunks that are never
 * sent, but `_write` and `_writev` get all that is sent, once and in order.
 *
 * @returns a function that removes the taps and leaves the stream as it was
 */
export function tapWritable(stream: Writable, onChunk: (chunk: Uint8Array) => void): () => void {
  const { _write, _writev } = stream
  const notify = guarded((chunk: unknown, encoding: unknown) => passBytes(onChunk, chunk, encoding))
  const restoreWrite = shadow(
    stream,
    '_write',
    function (this: Writable, chunk: unknown, encoding: BufferEncoding, callback: WriteCallback) {
      notify(chunk, encoding)
      return _write.call(this, chunk, encoding, callback)
    },
  )
  if (typeof _writev !== 'function') return restoreWrite
  const restoreWritev = shadow(stream, '_writev', function (this: Writable, chunks: Chunk[], callback: WriteCallback) {
    for (const { chunk, encoding } of chunks) notify(chunk, encoding)
    return _writev.call(this, chunks as Parameters<NonNullable<Writable['_writev']>>[0], callback)
  })
  return () => {
    restoreWrite()
    restoreWritev()
  }
}

function passBytes(onChunk: (chunk: Uint8Array) => void, chunk: unknown, encoding: unknown): void {
  if (typeof chunk === 'string') onChunk(Buffer.from(chunk, encoding as BufferEncoding))
  else if (chunk instanceof Uint8Array) onChunk(chunk)
}
