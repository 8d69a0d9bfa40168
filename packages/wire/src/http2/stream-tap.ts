import type { Http2Stream } from 'node:http2'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import {
  bufferedChunks,
  type Http2StreamPrototype,
  http2StreamPrototypeOf,
  type ReadableInternals,
  type TappedHttp2Stream,
} from '../node-internals.ts'
import { once } from '../once.ts'
import { PrivateSlot } from '../private-slot.ts'

/** Is notified of the two bodies of an HTTP/2 stream, and of its end. */
export interface Http2StreamListener {
  /** A chunk of the body that arrives, before the app gets it. */
  incomingChunk(chunk: Uint8Array): void
  /** The last frame has arrived while the stream was open. May be called more than once. */
  incomingEnded(): void
  /**
   * A chunk of the body that the app sends, as the app wrote it: a string comes with its encoding. Called once HTTP/2 has
   * taken the chunk, and not yet while the chunk waits for those before it.
   */
  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /**
   * HTTP/2 has taken the whole body that the app sends. Not called for a file that Node sends by itself, nor if the stream
   * closes before its writable side has finished.
   */
  outgoingEnded(): void
  /** This process is about to close an open stream. */
  closing?(error: unknown): void
  /** Node refused the arguments of `close`, so that the stream stays open in spite of `closing`. */
  closeRefused?(): void
  /** The stream is destroyed. Its error and its code are final. */
  streamDestroyed(): void
}

class TappedStream extends PrivateSlot {
  readonly #listener: Http2StreamListener

  constructor(stream: object, listener: Http2StreamListener) {
    super(stream)
    this.#listener = listener
  }

  static listenerOf(stream: object): Http2StreamListener | undefined {
    return #listener in stream ? stream.#listener : undefined
  }
}

/**
 * Observes the bodies of a stream, whether or not the app reads the one that arrives, and the stream's end. What has happened
 * to a stream before is reported at once: a request without a body has been sent before Node publishes its stream, and the first
 * chunks of a request may have arrived (`publish-streams.ts`).
 */
export function tapStream(stream: TappedHttp2Stream & ReadableInternals, listener: Http2StreamListener): void {
  tapPrototype(stream)
  new TappedStream(stream, listener)
  for (const chunk of bufferedChunks(stream)) notifyPushed(stream, chunk)
  if (stream._readableState?.ended) notifyPushed(stream, null)
  if (!stream.pending && stream.writableEnded) notifyFinished(stream)
  if (stream.destroyed) notifyDestroyed(stream)
}

/** Returns the listener that `tapStream` attached to a stream. */
export const streamListenerOf = (stream: Http2Stream): Http2StreamListener | undefined =>
  TappedStream.listenerOf(stream)

/**
 * Taps the methods of all streams. The app could see and remove event listeners, or functions on each stream. Node's class
 * of streams, which no module exports, is known from the first stream on.
 */
const tapPrototype = once((stream: Http2Stream) => {
  const prototype = http2StreamPrototypeOf(stream)
  const { _write, _writev, _final, close, _destroy } = prototype
  // The class inherits `push`. It is looked up at each call, so that the app may still replace `Readable.prototype.push`.
  const parent = (
    Object.hasOwn(prototype, 'push') ? { push: prototype.push } : Object.getPrototypeOf(prototype)
  ) as Pick<Http2StreamPrototype, 'push'>

  const taps: Http2StreamPrototype = {
    push(chunk, encoding) {
      notifyPushed(this, chunk)
      return parent.push.call(this, chunk, encoding)
    },
    _write(data, encoding, callback) {
      _write.call(this, data, encoding, callback)
      notifyWritten(this, data, encoding)
    },
    _writev(data, callback) {
      // Node overwrites the elements of the array.
      const chunks = TappedStream.listenerOf(this) === undefined ? undefined : [...data]
      _writev.call(this, data, callback)
      if (chunks !== undefined) notifyAllWritten(this, chunks)
    },
    _final(callback) {
      // While the session is connecting, Node only arranges to call this method again later.
      const isPending = this.pending
      _final.call(this, callback)
      if (!isPending) notifyFinished(this)
    },
    close(code, callback) {
      notifyClosing(this, undefined)
      try {
        close.call(this, code, callback)
      } catch (error) {
        notifyCloseRefused(this)
        throw error
      }
    },
    _destroy(error, callback) {
      notifyClosing(this, error)
      try {
        _destroy.call(this, error, callback)
      } finally {
        notifyDestroyed(this)
      }
    },
  }
  for (const [name, value] of Object.entries(taps)) {
    mimic(value, prototype[name as keyof Http2StreamPrototype])
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: false })
  }
})

const notifyPushed = guarded((stream: TappedHttp2Stream, chunk: unknown) => {
  const listener = TappedStream.listenerOf(stream)
  if (listener === undefined) return
  if (chunk === null) {
    // Once a stream is closed, Node pushes the end of a body that was cut short, too.
    if (!stream.closed) listener.incomingEnded()
  } else if (chunk instanceof Uint8Array && chunk.byteLength > 0 && !stream.destroyed) {
    listener.incomingChunk(chunk)
  }
})

const notifyWritten = guarded((stream: TappedHttp2Stream, chunk: unknown, encoding: unknown) => {
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
  TappedStream.listenerOf(stream)?.outgoingChunk(chunk, encoding)
})

const notifyAllWritten = guarded(
  (stream: TappedHttp2Stream, chunks: readonly { chunk: unknown; encoding: unknown }[]) => {
    for (const { chunk, encoding } of chunks) notifyWritten(stream, chunk, encoding)
  },
)

const notifyFinished = guarded((stream: TappedHttp2Stream) => {
  // Once a stream is closed, Node finishes the writable side of a body that was cut short, too.
  if (!stream.closed) TappedStream.listenerOf(stream)?.outgoingEnded()
})

const notifyClosing = guarded((stream: TappedHttp2Stream, error: unknown) => {
  if (!stream.closed) TappedStream.listenerOf(stream)?.closing?.(error)
})

const notifyCloseRefused = guarded((stream: TappedHttp2Stream) => {
  if (!stream.closed) TappedStream.listenerOf(stream)?.closeRefused?.()
})

const notifyDestroyed = guarded((stream: TappedHttp2Stream) => {
  TappedStream.listenerOf(stream)?.streamDestroyed()
})
