import net, { type Socket } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import { fault, guarded } from './guard.ts'
import { mimic } from './mimic.ts'
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

/** The listeners of one stream. There are as many as there are open exchanges on it, and one for its connection. */
class Destruction extends PrivateSlot {
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
 * Notifies a listener once when a stream is destroyed, without an event listener, which the app could count or remove:
 * Node calls `_destroy` exactly once for each stream. The notification comes a tick later, when the events that were due
 * before the stream's `close` have been emitted.
 */
export function onDestroyed(stream: Stream, listener: DestructionListener): void {
  const known = Destruction.listenersOf(stream)
  if (known !== undefined) {
    known.add(listener)
  } else {
    const listeners = new Set([listener])
    new Destruction(stream, listeners)
    tapSockets()
    const destroy = stream._destroy as Destroy
    // Not a socket of Node's own, but e.g. a file at stdin or a socket that another package made.
    if (destroy !== socketDestroy) tapStream(stream, destroy)
  }
  if (stream.destroyed) notifyDestroyed(stream)
}

/** Takes back what `onDestroyed` began. */
export function offDestroyed(stream: Stream, listener: DestructionListener): void {
  Destruction.listenersOf(stream)?.delete(listener)
}

type ErrorListener = (socket: Socket) => void
const errorListeners = new Set<ErrorListener>()

/**
 * Notifies of every socket that is destroyed with an error, at once.
 *
 * @returns what ends it
 */
export function onDestroyedByError(listener: ErrorListener): () => void {
  tapSockets()
  errorListeners.add(listener)
  return () => void errorListeners.delete(listener)
}

let socketDestroy: Destroy | undefined

/** Taps `_destroy` of all sockets, once in a process. A socket that nobody listens to costs a look at it. */
export function tapSockets(): void {
  if (socketDestroy !== undefined) return
  const prototype = net.Socket.prototype as unknown as { _destroy: Destroy }
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

/** Notifies the listeners of a stream. For one that is not destroyed, and which this process has no part in any more. */
export function notifyDestroyed(stream: Stream): void {
  const listeners = Destruction.listenersOf(stream)
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
