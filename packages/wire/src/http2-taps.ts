import type { Http2Stream } from 'node:http2'
import { disguise } from './disguise.ts'
import { guarded } from './guard.ts'
import { stamp } from './stamp.ts'

/** What hears of an HTTP/2 stream's two bodies. Chunks are given as they were written: a string comes with its encoding. */
export interface Http2Tap {
  /** A chunk of the body that arrives, before the app has it. */
  received(chunk: Uint8Array): void
  /** The other end has said all. May be told more than once. */
  receivedEnd(): void
  /** A chunk of the body that is sent, as HTTP/2 takes it: what waits for the other end has not been told yet. */
  sent(chunk: Uint8Array | string, encoding: unknown): void
  /** This process is about to close a stream that is open. */
  closing(error: unknown): void
}

type Stream = Http2Stream & { readonly destroyed: boolean; readonly closed: boolean }

/** Node's class of HTTP/2 streams, as far as it matters here. */
interface StreamPrototype {
  push(this: Stream, chunk: unknown, encoding?: unknown): boolean
  _write(this: Stream, data: unknown, encoding: unknown, done: unknown): void
  _writev(this: Stream, data: readonly { chunk: unknown; encoding: unknown }[], done: unknown): void
  close(this: Stream, code?: unknown, callback?: unknown): void
  _destroy(this: Stream, error: unknown, done: unknown): void
}

const taps = stamp<Http2Tap>()

/** Hears the bodies of a stream, read or not, and who ends it. Nothing is put on the stream for the app to see. */
export function tapStream(stream: Http2Stream, tap: Http2Tap): void {
  tapPrototype(stream)
  taps.put(stream, tap)
}

/** Once in a process, since no module gives Node's class away: that of the first stream. */
let tapPrototype = (stream: Http2Stream) => {
  tapPrototype = () => {}
  const prototype = Object.getPrototypeOf(Object.getPrototypeOf(stream)) as StreamPrototype
  const { push, _write, _writev, close, _destroy } = prototype

  const taken: StreamPrototype = {
    push(chunk, encoding) {
      pushed(this, chunk)
      return push.call(this, chunk, encoding)
    },
    _write(data, encoding, done) {
      _write.call(this, data, encoding, done)
      wrote(this, data, encoding)
    },
    _writev(data, done) {
      _writev.call(this, data, done)
      wroteSeveral(this, data)
    },
    close(code, callback) {
      closing(this, undefined)
      close.call(this, code, callback)
    },
    _destroy(error, done) {
      closing(this, error)
      _destroy.call(this, error, done)
    },
  }
  for (const [name, value] of Object.entries(taken)) {
    disguise(value, prototype[name as keyof StreamPrototype])
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: false })
  }
}

const pushed = guarded((stream: Stream, chunk: unknown) => {
  const tap = taps.of(stream)
  // Node pushes the end of what was cut short as well.
  if (tap === undefined || stream.destroyed) return
  if (chunk === null) tap.receivedEnd()
  else if (chunk instanceof Uint8Array && chunk.byteLength > 0) tap.received(chunk)
})

const wrote = guarded((stream: Stream, chunk: unknown, encoding: unknown) => {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) taps.of(stream)?.sent(chunk, encoding)
})

const wroteSeveral = guarded((stream: Stream, data: readonly { chunk: unknown; encoding: unknown }[]) => {
  for (const { chunk, encoding } of data) wrote(stream, chunk, encoding)
})

const closing = guarded((stream: Stream, error: unknown) => {
  if (!stream.closed) taps.of(stream)?.closing(error)
})
