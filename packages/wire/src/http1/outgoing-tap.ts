import http, { type OutgoingMessage } from 'node:http'
import { fault } from '../guard.ts'
import { headOfOutgoing } from '../headers.ts'
import { mimic } from '../mimic.ts'
import type { OutgoingMessageInternals } from '../node-internals.ts'
import { once } from '../once.ts'
import { PrivateSlot } from '../private-slot.ts'

/** What of the call of `write` or `end` that is under way the listener has been notified of. */
export type Notified = 'nothing' | 'chunk' | 'end'

/** Is notified of the body of a message that the app sends over HTTP/1. */
export interface OutgoingListener {
  /** Kept by the taps. */
  notified: Notified
  /** Kept by the taps: whether the message's head had been made before the call of `write` or `end` that is under way. */
  hadHead: boolean
  /** A chunk of the body as the app wrote it: a string comes with its encoding. */
  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written the whole message. */
  outgoingEnded(): void
}

/** A single field, since each one makes the message larger. */
class TappedMessage extends PrivateSlot {
  #listener: OutgoingListener | undefined

  constructor(message: OutgoingMessage, listener: OutgoingListener) {
    super(message)
    this.#listener = listener
  }

  static listenerOf(message: object): OutgoingListener | undefined {
    return #listener in message ? message.#listener : undefined
  }

  static removeListener(message: object): void {
    if (#listener in message) message.#listener = undefined
  }
}

/** Observes the body that is written to a message: the bytes of `write` and `end` that the message accepted. */
export function tapOutgoing(message: OutgoingMessage, listener: OutgoingListener): void {
  tapPrototypes()
  new TappedMessage(message, listener)
}

/**
 * Ends what `tapOutgoing` began. Messages may live long after their end, and the garbage collector would have to move what
 * observed them from generation to generation.
 */
export const untapOutgoing = (message: OutgoingMessage): void => TappedMessage.removeListener(message)

/** Returns the listener that `tapOutgoing` attached to a message. */
export const outgoingListenerOf = (message: OutgoingMessage): OutgoingListener | undefined =>
  TappedMessage.listenerOf(message)

/**
 * Taps `write` and `end` of all messages. Functions on each message would show when the app lists or prints it, and cost
 * more. Replacements of `write` and `end` that middleware puts on a message call these in the end, so that what is
 * counted is what is sent.
 *
 * An agent that wraps the functions of responses, before the first message is tapped, has copied Node's own functions
 * to `ServerResponse.prototype`, and calls them past the taps of `OutgoingMessage.prototype`. So its functions are tapped
 * as well. Where one tap calls another, the inner one notifies the listener, as it has what is sent.
 */
const tapPrototypes = once(() => {
  for (const { prototype } of [http.OutgoingMessage, http.ServerResponse, http.ClientRequest]) {
    tapMethod(prototype, 'write', (write: Write) => {
      return function (this: OutgoingMessage, chunk, encoding, callback) {
        const listener = TappedMessage.listenerOf(this)
        if (listener === undefined) return write.call(this, chunk, encoding, callback)
        const wasOpen = beginCall(this, listener)
        const result = write.call(this, chunk, encoding, callback)
        if (wasOpen) notifyChunk(this, listener, chunk, encoding)
        return result
      }
    })
    tapMethod(prototype, 'end', (end: End) => {
      return function (this: OutgoingMessage, chunk, encoding, callback) {
        const listener = TappedMessage.listenerOf(this)
        if (listener === undefined) return end.call(this, chunk, encoding, callback)
        const wasOpen = beginCall(this, listener)
        const result = end.call(this, chunk, encoding, callback)
        if (wasOpen) notifyEnd(this, listener, chunk, encoding)
        return result
      }
    })
  }
})

type Write = (this: OutgoingMessage, chunk: unknown, encoding?: unknown, callback?: unknown) => boolean
type End = (this: OutgoingMessage, chunk?: unknown, encoding?: unknown, callback?: unknown) => OutgoingMessage

/** Replaces a method that the prototype itself has, unless somebody has made it unchangeable. */
function tapMethod<Method extends Write | End>(
  prototype: OutgoingMessage,
  name: 'write' | 'end',
  tapOf: (method: Method) => Method,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof descriptor?.value !== 'function' || !descriptor.configurable) return
  const tap = tapOf(descriptor.value)
  mimic(tap, descriptor.value)
  Object.defineProperty(prototype, name, { ...descriptor, value: tap })
}

/**
 * Notes that a call of `write` or `end` begins. Returns whether a chunk that is written now becomes part of the body: it
 * does not after `end`, nor after `destroy`.
 */
function beginCall(message: OutgoingMessage, listener: OutgoingListener): boolean {
  try {
    listener.notified = 'nothing'
    listener.hadHead = headOfOutgoing(message) !== undefined
    return !message.writableEnded && !message.destroyed
  } catch (error) {
    fault(error)
    return false
  }
}

function notifyChunk(message: OutgoingMessage, listener: OutgoingListener, chunk: unknown, encoding: unknown): void {
  try {
    if (listener.notified !== 'nothing') return
    listener.notified = 'chunk'
    if (isBodyChunk(chunk) && hasBody(message)) listener.outgoingChunk(chunk, encoding)
  } catch (error) {
    fault(error)
  }
}

function notifyEnd(message: OutgoingMessage, listener: OutgoingListener, chunk: unknown, encoding: unknown): void {
  notifyChunk(message, listener, chunk, encoding)
  try {
    if (listener.notified === 'end') return
    listener.notified = 'end'
    listener.outgoingEnded()
  } catch (error) {
    fault(error)
  }
}

/**
 * Whether Node sends what is written to a message. It drops the body of a response to HEAD and of a 204 or 304 response,
 * and has noted so by the time it has made the head.
 */
const hasBody = (message: OutgoingMessage & OutgoingMessageInternals) => message._hasBody !== false

const isBodyChunk = (chunk: unknown): chunk is Uint8Array | string =>
  typeof chunk === 'string' ? chunk !== '' : chunk instanceof Uint8Array && chunk.byteLength > 0
