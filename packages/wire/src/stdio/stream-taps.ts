import type { Readable, Writable } from 'node:stream'
import { guarded } from '../guard.ts'
import { shadow } from '../shadow.ts'

/**
 * Hears what a stream's source hands to it, read or not, without changing its mode: `push` is what sources call, and
 * `push(null)` is the end.
 *
 * @returns what takes the tap away: the stream is as it was
 */
export function tapReadable(stream: Readable, hear: (chunk: Uint8Array) => void, ended: () => void): () => void {
  const { push } = stream
  const pushed = guarded((chunk: unknown, encoding: unknown) => {
    if (chunk === null) ended()
    else pass(hear, chunk, encoding)
  })
  return shadow(stream, 'push', function (this: Readable, chunk: unknown, encoding?: BufferEncoding) {
    pushed(chunk, encoding)
    return push.call(this, chunk, encoding)
  })
}

type WriteCallback = (error?: Error | null) => void
interface Chunk {
  readonly chunk: unknown
  readonly encoding: BufferEncoding
}

/**
 * Hears what a stream hands to its sink. Not `write`, which apps replace, keep for later or call with what never leaves:
 * `_write` and `_writev` get what does, once and in order, whoever wrote it.
 *
 * @returns what takes the tap away: the stream is as it was
 */
export function tapWritable(stream: Writable, hear: (chunk: Uint8Array) => void): () => void {
  const { _write, _writev } = stream
  const written = guarded((chunk: unknown, encoding: unknown) => pass(hear, chunk, encoding))
  const undo = shadow(
    stream,
    '_write',
    function (this: Writable, chunk: unknown, encoding: BufferEncoding, callback: WriteCallback) {
      written(chunk, encoding)
      return _write.call(this, chunk, encoding, callback)
    },
  )
  if (typeof _writev !== 'function') return undo
  const undoMany = shadow(stream, '_writev', function (this: Writable, chunks: Chunk[], callback: WriteCallback) {
    for (const { chunk, encoding } of chunks) written(chunk, encoding)
    return _writev.call(this, chunks as Parameters<NonNullable<Writable['_writev']>>[0], callback)
  })
  return () => {
    undo()
    undoMany()
  }
}

function pass(hear: (chunk: Uint8Array) => void, chunk: unknown, encoding: unknown): void {
  if (typeof chunk === 'string') hear(Buffer.from(chunk, encoding as BufferEncoding))
  else if (chunk instanceof Uint8Array) hear(chunk)
}
