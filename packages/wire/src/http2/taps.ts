import type { Http2Stream } from 'node:http2'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import { type Http2StreamPrototype, http2StreamPrototypeOf, type TappedHttp2Stream } from '../node-internals.ts'
import { once } from '../once.ts'
import { privateSlot } from '../private-slot.ts'

/** Observes an HTTP/2 stream: its two bodies, as they were written (a string comes with its encoding), and its end. */
export interface Http2Tap {
  /** A chunk of the body that arrives, before the app has it. */
  received(chunk: Uint8Array): void
  /** The other end has sent its last frame of an open stream. May be called more than once. */
  receivedEnd(): void
  /** A chunk of the body that is sent, as HTTP/2 takes it: what waits for the other end has not been reported yet. */
  sent(chunk: Uint8Array | string, encoding: unknown): void
  /**
   * HTTP/2 has taken the whole body that is sent. Not called for a file that Node sends by itself, and not when the stream
   * closes before its writable side knows that all was taken.
   */
  sentEnd(): void
  /** This process is about to close a stream that is open. */
  closing?(error: unknown): void
  /** `closing` came to nothing: Node refused the arguments of `close`. */
  stayedOpen?(): void
  /** The stream is gone: its error and its code are final. */
  destroyed(): void
}

const taps = privateSlot<Http2Tap>()

/**
 * Taps a stream's bodies, read or not, and its end. The app can neither see nor remove a tap, as it could a listener: the
 * class has the taps' code, and nothing is put on the stream.
 */
export function tapStream(stream: Http2Stream, tap: Http2Tap): void {
  tapPrototype(stream)
  taps.set(stream, tap)
}

/** Once in a process, since no module gives Node's class away: that of the first stream. */
const tapPrototype = once((stream: Http2Stream) => {
  const prototype = http2StreamPrototypeOf(stream)
  const { _write, _writev, _final, close, _destroy } = prototype
  // Inherited, so that what the app puts in the place of Node's method from now on has to be called as well.
  const parent = (
    Object.hasOwn(prototype, 'push') ? { push: prototype.push } : Object.getPrototypeOf(prototype)
  ) as Pick<Http2StreamPrototype, 'push'>

  const taken: Http2StreamPrototype = {
    push(chunk, encoding) {
      pushed(this, chunk)
      return parent.push.call(this, chunk, encoding)
    },
    _write(data, encoding, done) {
      _write.call(this, data, encoding, done)
      wrote(this, data, encoding)
    },
    _writev(data, done) {
      // Node puts other things into the array that it is given.
      const chunks = taps.get(this) === undefined ? undefined : [...data]
      _writev.call(this, data, done)
      if (chunks !== undefined) wroteSeveral(this, chunks)
    },
    _final(done) {
      // Before a connection is made Node only notes to call this method once more when it is.
      const isPending = this.pending
      _final.call(this, done)
      if (!isPending) finished(this)
    },
    close(code, callback) {
      closing(this, undefined)
      try {
        close.call(this, code, callback)
      } catch (error) {
        stayedOpen(this)
        throw error
      }
    },
    _destroy(error, done) {
      closing(this, error)
      try {
        _destroy.call(this, error, done)
      } finally {
        destroyed(this)
      }
    },
  }
  for (const [name, value] of Object.entries(taken)) {
    mimic(value, prototype[name as keyof Http2StreamPrototype])
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: false })
  }
})

const pushed = guarded((stream: TappedHttp2Stream, chunk: unknown) => {
  const tap = taps.get(stream)
  if (tap === undefined) return
  if (chunk === null) {
    // Node pushes the end of what was cut short as well, once the stream is closed.
    if (!stream.closed) tap.receivedEnd()
  } else if (chunk instanceof Uint8Array && chunk.byteLength > 0 && !stream.destroyed) {
    tap.received(chunk)
  }
})

const wrote = guarded((stream: TappedHttp2Stream, chunk: unknown, encoding: unknown) => {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) taps.get(stream)?.sent(chunk, encoding)
})

const wroteSeveral = guarded((stream: TappedHttp2Stream, data: readonly { chunk: unknown; encoding: unknown }[]) => {
  for (const { chunk, encoding } of data) wrote(stream, chunk, encoding)
})

const finished = guarded((stream: TappedHttp2Stream) => {
  // Node ends the writable side of what was cut short as well, once the stream is closed.
  if (!stream.closed) taps.get(stream)?.sentEnd()
})

const closing = guarded((stream: TappedHttp2Stream, error: unknown) => {
  if (!stream.closed) taps.get(stream)?.closing?.(error)
})

const stayedOpen = guarded((stream: TappedHttp2Stream) => {
  if (!stream.closed) taps.get(stream)?.stayedOpen?.()
})

const destroyed = guarded((stream: TappedHttp2Stream) => {
  taps.get(stream)?.destroyed()
})
