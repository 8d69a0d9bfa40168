import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream, Http2Session, Http2Stream, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import { guarded } from '../guard.ts'
import { mimic } from '../mimic.ts'
import {
  type Http2StreamPrototype,
  http2StreamPrototypeOf,
  type RequestResourceInternals,
  SYMBOLS,
  symbolOf,
  type TappedHttp2Stream,
} from '../node-internals.ts'
import { once } from '../once.ts'
import { privateSlot } from '../private-slot.ts'
import { shadow } from '../shadow.ts'

/** The channels that this package subscribes to, and from which minor release of each line of Node.js on it publishes on them. */
const PUBLISHED_SINCE = {
  'http2.client.stream.created': { 22: 17, 24: 1 },
  'http2.client.stream.finish': { 22: 17, 24: 2 },
  'http2.client.stream.error': { 22: 17, 24: 2 },
  'http2.client.stream.close': { 22: 17, 24: 2 },
  'http2.server.stream.created': { 22: 17, 24: 2 },
  'http2.server.stream.finish': { 22: 17, 24: 2 },
  'http2.server.stream.close': { 22: 18, 24: 3 },
} as const

type ChannelName = keyof typeof PUBLISHED_SINCE

/** Returns the channels on which a version of Node.js does not publish. Exported for its test. */
export function unpublishedChannels(version: string): readonly ChannelName[] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 24) return []
  return (Object.keys(PUBLISHED_SINCE) as ChannelName[]).filter((name) => {
    const since: Readonly<Record<number, number>> = PUBLISHED_SINCE[name]
    return !(minor >= (since[major] ?? Number.POSITIVE_INFINITY))
  })
}

let unpublished: readonly ChannelName[] = []

/** Publishes a message, unless Node does. */
function publish(name: ChannelName, message: object): void {
  if (unpublished.includes(name)) channel(name).publish(message)
}

/**
 * Makes versions of Node.js that do not publish HTTP/2 streams do so: 22.15 to 22.17, 23 and 24.0 to 24.2. The streams are
 * published on the channels that later versions have, with what those publish of it that this package uses, and at the same
 * moments, with one exception: a server's stream is published a tick after it was made, just before the app gets it. Its message
 * has the session, too, since a stream that has been destroyed by then has lost its own.
 *
 * Node exports none of the classes. They are found by two sessions and a stream that have no connection.
 */
export const publishStreams = once(
  guarded(() => {
    const missing = unpublishedChannels(process.versions.node)
    if (missing.length === 0) return
    const { client, server, stream } = makeSessions()
    const streamPrototype = http2StreamPrototypeOf(stream)
    // The class only inherits `push`, unless another copy of this package in the process has tapped it, and publishes.
    if (Object.hasOwn(streamPrototype, 'push')) return
    unpublished = missing
    if (missing.includes('http2.client.stream.finish')) tapRequests(Object.getPrototypeOf(client))
    if (missing.includes('http2.server.stream.created')) tapSessionEvents(Object.getPrototypeOf(server))
    tapEnds(streamPrototype)
  }),
)

interface Sessions {
  readonly client: ClientHttp2Session
  readonly server: Http2Session
  readonly stream: ClientHttp2Stream
}

/**
 * Makes sessions on sockets that never connect, for which they wait before they make their handles, and a request. What they have
 * Node do in the next tick is left out: it would come after the app's first line, and `async_hooks` that are enabled there would see
 * it. Exported for its test.
 */
export function makeSessions(): Sessions {
  const socket = () =>
    Object.assign(new EventEmitter(), { connecting: true, _handle: { isStreamBase: true } }) as unknown as Duplex
  const http2 = process.getBuiltinModule('node:http2')
  const { nextTick } = process
  // A property that is not an ordinary one is left alone: assigning to it could throw, or call the app.
  const isOrdinary = Object.getOwnPropertyDescriptor(process, 'nextTick')?.writable === true
  if (isOrdinary) process.nextTick = () => {}
  try {
    const client = http2.connect('http://localhost', { createConnection: socket })
    // An agent that has wrapped `request` may need headers.
    return { client, server: http2.performServerHandshake(socket()), stream: client.request({}) }
  } finally {
    if (isOrdinary) process.nextTick = nextTick
  }
}

/** Publishes the requests of clients, and the heads of their responses. */
function tapRequests(prototype: ClientHttp2Session): void {
  const requested = guarded((stream: ClientHttp2Stream, headers: unknown) => {
    publishResponses(stream)
    publish('http2.client.stream.created', { stream, headers })
  })
  replace(prototype, 'request', (request) => {
    return function (this: ClientHttp2Session, ...args) {
      const stream = request.apply(this, args)
      requested(stream, args[0])
      return stream
    }
  })
}

/**
 * Publishes the head of a stream's response as it arrives, before the chunks that arrive with it. Node then has the
 * request's resource, which is Node's own, emit the event in the next tick.
 */
function publishResponses(stream: ClientHttp2Stream): void {
  const key = symbolOf(stream, SYMBOLS.http2RequestResource)
  const resource = key === undefined ? undefined : (stream as unknown as Record<symbol, RequestResourceInternals>)[key]
  if (resource === undefined) return
  const { runInAsyncScope } = resource
  const emitting = guarded((event: unknown, headers: unknown, flags: unknown) => {
    if (event === 'response') publish('http2.client.stream.finish', { stream, headers, flags })
  })
  shadow(resource, 'runInAsyncScope', function (this: unknown, ...args: unknown[]) {
    // The function to run, which is `process.nextTick`, its `this`, and its arguments: a function that emits, and its own.
    const [, , , , event, headers, flags] = args
    emitting(event, headers, flags)
    return runInAsyncScope.apply(this, args)
  })
}

/** Publishes the streams of a server's sessions before the event with which the app gets them, and their responses' heads. */
function tapSessionEvents(prototype: Http2Session): void {
  const emitting = guarded((session: Http2Session, event: unknown, stream: unknown, headers: unknown) => {
    if (event !== 'stream') return
    tapRespond(stream as ServerHttp2Stream)
    publish('http2.server.stream.created', { stream, headers, session })
  })
  replace(prototype, 'emit', (emit) => {
    return function (this: Http2Session, ...args: Parameters<typeof emit>) {
      emitting(this, args[0], args[1], args[2])
      return emit.apply(this, args)
    } as typeof emit
  })
}

/** Taps the class of a server's streams, which is known from the first stream on. */
const tapRespond = once((first: ServerHttp2Stream) => {
  const responded = guarded((stream: ServerHttp2Stream) => {
    if (!stream.destroyed) publish('http2.server.stream.finish', { stream, headers: stream.sentHeaders })
  })
  replace(Object.getPrototypeOf(first) as ServerHttp2Stream, 'respond', (respond) => {
    return function (this: ServerHttp2Stream, ...args) {
      respond.apply(this, args)
      responded(this)
    }
  })
})

/**
 * Publishes that streams are closed, and the errors with which those of clients are destroyed. Whatever closes a stream, one of
 * three functions follows: what called `close` returns, Node destroys the stream, or it pushes the end of what arrives.
 */
function tapEnds(prototype: Http2StreamPrototype): void {
  // Node publishes once it has reset the stream, within which it may already push the end, or destroy the stream.
  let closing: TappedHttp2Stream | undefined
  const mayBeClosed = guarded((stream: TappedHttp2Stream) => {
    if (!stream.closed || stream === closing || closedStreams.get(stream)) return
    closedStreams.set(stream, true)
    publish(isOfServer(stream) ? 'http2.server.stream.close' : 'http2.client.stream.close', { stream })
  })
  const failed = guarded((stream: TappedHttp2Stream, error: unknown) => {
    if (error && !isOfServer(stream)) publish('http2.client.stream.error', { stream, error })
  })
  // The class inherits both. They are looked up at each call, so that the app may still replace those of `stream.Duplex`.
  const parent = Object.getPrototypeOf(prototype) as Inherited
  replace(prototype as Inherited, 'push', () => {
    return function (this: TappedHttp2Stream, chunk, encoding) {
      if (chunk === null) mayBeClosed(this)
      return parent.push.call(this, chunk, encoding)
    }
  })
  replace(prototype as Inherited, 'destroy', () => {
    return function (this: TappedHttp2Stream, ...args) {
      mayBeClosed(this)
      return parent.destroy.apply(this, args)
    }
  })
  replace(prototype, 'close', (close) => {
    return function (this: TappedHttp2Stream, code, callback) {
      const outer = closing
      closing = this
      try {
        close.call(this, code, callback)
      } finally {
        closing = outer
        mayBeClosed(this)
      }
    }
  })
  replace(prototype, '_destroy', (destroy) => {
    return function (this: TappedHttp2Stream, error, callback) {
      destroy.call(this, error, (reason?: unknown) => {
        failed(this, reason)
        callback(reason)
      })
    }
  })
}

interface Inherited extends Http2StreamPrototype {
  destroy(this: TappedHttp2Stream, ...args: unknown[]): unknown
}

const closedStreams = privateSlot<boolean>()

/** Only the streams of servers may push others. */
const isOfServer = (stream: Http2Stream) => 'pushStream' in stream

/** Replaces a method of a prototype, which may have inherited it, by a tap of it. */
function replace<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  tapOf: (method: T[K]) => T[K],
): void {
  const method = prototype[name]
  const tap = tapOf(method)
  mimic(tap as object, method as object)
  Object.defineProperty(prototype, name, { value: tap, configurable: true, writable: true, enumerable: false })
}
