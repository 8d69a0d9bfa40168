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
 * The listeners of one stream: one for its connection, and one for each open exchange on it. A Set takes long for so few, but a client
 * may pipeline thousands of requests, and removing each of them from an array would take quadratic time. So the first two are in
 * fields, and those that come while there are two in a Set.
 */
class ListenerSlot extends PrivateSlot {
  #first: DestructionListener | undefined
  #second: DestructionListener | undefined
  #others: Set<DestructionListener> | undefined

  constructor(stream: object, listener: DestructionListener) {
    super(stream)
    this.#first = listener
  }

  /** Adds a listener after all others. Returns false for a stream that has never had one. */
  static add(stream: object, listener: DestructionListener): boolean {
    if (!(#first in stream)) return false
    if (stream.#second === undefined && !stream.#others?.size) {
      if (stream.#first === undefined) stream.#first = listener
      else stream.#second = listener
    } else {
      stream.#others ??= new Set()
      stream.#others.add(listener)
    }
    return true
  }

  static remove(stream: object, listener: DestructionListener): void {
    if (!(#first in stream)) return
    if (stream.#second === listener) stream.#second = undefined
    else if (stream.#first === listener) stream.#first = undefined
    else stream.#others?.delete(listener)
  }

  /** Returns the listener that was added first of those that are left. */
  static next(stream: object): DestructionListener | undefined {
    if (!(#first in stream)) return undefined
    const listener = stream.#first ?? stream.#second
    if (listener !== undefined || stream.#others === undefined) return listener
    for (const other of stream.#others) return other
    return undefined
  }
}

/**
 * Notifies a listener once when a stream is destroyed. It needs no event listener, which the app could count or remove,
 * because Node calls `_destroy` exactly once for each stream. The notification comes a tick later, after the events that
 * were due before the stream's `close`.
 */
export function onDestroyed(stream: Stream, listener: DestructionListener): void {
  if (!ListenerSlot.add(stream, listener)) {
    new ListenerSlot(stream, listener)
    tapSockets()
    const destroy = stream._destroy as Destroy
    // The stream is not one of Node's sockets but, for example, a file at stdin, or a socket that another package made.
    if (destroy !== socketDestroy) tapStream(stream, destroy)
  }
  if (stream.destroyed) notifyDestroyed(stream)
}

/** Removes a listener that `onDestroyed` added. */
export function offDestroyed(stream: Stream, listener: DestructionListener): void {
  ListenerSlot.remove(stream, listener)
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
  if (ListenerSlot.next(stream) !== undefined) nextTick(notifyAll, stream)
}

function notifyAll(stream: Stream): void {
  for (let listener = ListenerSlot.next(stream); listener !== undefined; listener = ListenerSlot.next(stream)) {
    ListenerSlot.remove(stream, listener)
    try {
      listener.streamDestroyed()
    } catch (error) {
      fault(error)
    }
  }
}

const destroyedByError = guarded((stream: Stream) => {
  for (const listener of errorListeners) listener(stream as Socket)
})
