import net, { type Socket } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import { fault, guarded } from './guard.ts'
import { mimic } from './mimic.ts'
import type { SocketPrototype } from './node-internals.ts'
import { PrivateSlot } from './private-slot.ts'
import { shadow } from './shadow.ts'

/** Is notified of the end of a stream. */
export interface DestructionListener {
  /** The stream was destroyed: nothing is read from it or written to it any more. */
  streamDestroyed(): void
}

type Stream = Readable | Writable | Duplex
type Destroy = (this: Stream, error: Error | null, callback: unknown) => void

const { nextTick } = process

/**
 * The listeners of one stream: one for its connection, and one for each open exchange on it. They are a Set, since a client
 * may pipeline thousands of requests, and removing each from an array would take quadratic time.
 */
class ListenerSlot extends PrivateSlot {
  readonly #listeners: Set<DestructionListener>

  constructor(stream: object, listeners: Set<DestructionListener>) {
    super(stream)
    this.#listeners = listeners
  }

  static listenersOf(stream: object): Set<DestructionListener> | undefined {
    return #listeners in stream ? stream.#listeners : undefined
  }
}

/**
 * Notifies a listener once when a stream is destroyed. It needs no event listener, which the app could count or remove,
 * because Node calls `_destroy` exactly once for each stream. The notification comes a tick later, after the events that
 * were due before the stream's `close`.
 */
export function onDestroyed(stream: Stream, listener: DestructionListener): void {
  const known = ListenerSlot.listenersOf(stream)
  if (known !== undefined) {
    known.add(listener)
  } else {
    const listeners = new Set([listener])
    new ListenerSlot(stream, listeners)
    tapSockets()
    const destroy = stream._destroy as Destroy
    // The stream is not one of Node's sockets but, for example, a file at stdin, or a socket that another package made.
    if (destroy !== socketDestroy) tapStream(stream, destroy)
  }
  if (stream.destroyed) notifyDestroyed(stream)
}

/** Removes a listener that `onDestroyed` added. */
export function offDestroyed(stream: Stream, listener: DestructionListener): void {
  ListenerSlot.listenersOf(stream)?.delete(listener)
}

type ErrorListener = (socket: Socket) => void
const errorListeners = new Set<ErrorListener>()

/**
 * Notifies of every socket that is destroyed with an error, before Node closes it.
 *
 * @returns a function that ends the notifications
 */
export function onDestroyedByError(listener: ErrorListener): () => void {
  tapSockets()
  errorListeners.add(listener)
  return () => void errorListeners.delete(listener)
}

/** The tap on all sockets, once it is in place. */
let socketDestroy: Destroy | undefined

/** Taps `_destroy` of all sockets, once in a process. A socket without a listener costs one look at its private slot. */
export function tapSockets(): void {
  if (socketDestroy !== undefined) return
  const prototype = net.Socket.prototype as unknown as SocketPrototype
  const { _destroy } = prototype
  socketDestroy = function (error, callback) {
    if (error) destroyedByError(this)
    notifyDestroyed(this)
    return _destroy.call(this, error, callback)
  }
  mimic(socketDestroy, _destroy)
  prototype._destroy = socketDestroy
}

function tapStream(stream: Stream, original: Destroy): void {
  const tap: Destroy = function (error, callback) {
    notifyDestroyed(this)
    return original.call(this, error, callback)
  }
  mimic(tap, original)
  shadow(stream, '_destroy', tap)
}

/**
 * Notifies the listeners of a stream of its end. Also to be called for a stream that is not destroyed, once it is of no
 * concern to this process any more.
 */
export function notifyDestroyed(stream: Stream): void {
  const listeners = ListenerSlot.listenersOf(stream)
  if (listeners !== undefined && listeners.size > 0) nextTick(notifyAll, listeners)
}

function notifyAll(listeners: Set<DestructionListener>): void {
  for (const listener of listeners) {
    try {
      listener.streamDestroyed()
    } catch (error) {
      fault(error)
    }
  }
  listeners.clear()
}

const destroyedByError = guarded((stream: Stream) => {
  for (const listener of errorListeners) listener(stream as Socket)
})
