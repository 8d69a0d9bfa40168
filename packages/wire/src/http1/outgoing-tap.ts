import http, { type OutgoingMessage } from 'node:http'
import { fault } from '../guard.ts'
import { mimic } from '../mimic.ts'
import type { OutgoingMessageInternals } from '../node-internals.ts'
import { once } from '../once.ts'
import { PrivateSlot } from '../private-slot.ts'

/** Is notified of the body of a message that the app sends over HTTP/1. */
export interface OutgoingListener {
  /** A chunk of the body as the app wrote it: a string comes with its encoding. */
  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written the whole message. */
  outgoingEnded(): void
}

/** What of the call of `write` or `end` that is under way the listener has been notified of. */
type Notified = 'nothing' | 'chunk' | 'end'

class TappedMessage extends PrivateSlot {
  readonly #listener: OutgoingListener
  #notified: Notified = 'nothing'

  constructor(message: OutgoingMessage, listener: OutgoingListener) {
    super(message)
    this.#listener = listener
  }

  static listenerOf(message: object): OutgoingListener | undefined {
    return #listener in message ? message.#listener : undefined
  }

  static notified(message: object): Notified {
    return #notified in message ? message.#notified : 'nothing'
  }

  static setNotified(message: object, notified: Notified): void {
    if (#notified in message) message.#notified = notified
  }
}

/** Observes the body that is written to a message: the bytes of `write` and `end` that the message accepted. */
export function tapOutgoing(message: OutgoingMessage, listener: OutgoingListener): void {
  tapPrototypes()
  new TappedMessage(message, listener)
}

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
        const wasOpen = isOpen(this)
        TappedMessage.setNotified(this, 'nothing')
        const result = write.call(this, chunk, encoding, callback)
        if (wasOpen) notifyChunk(this, listener, chunk, encoding)
        return result
      }
    })
    tapMethod(prototype, 'end', (end: End) => {
      return function (this: OutgoingMessage, chunk, encoding, callback) {
        const listener = TappedMessage.listenerOf(this)
        if (listener === undefined) return end.call(this, chunk, encoding, callback)
        const wasOpen = isOpen(this)
        TappedMessage.setNotified(this, 'nothing')
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

/** Whether a chunk that is written now becomes part of the body. It does not after `end`, nor after `destroy`. */
function isOpen(message: OutgoingMessage): boolean {
  try {
    return !message.writableEnded && !message.destroyed
  } catch (error) {
    fault(error)
    return false
  }
}

function notifyChunk(message: OutgoingMessage, listener: OutgoingListener, chunk: unknown, encoding: unknown): void {
  try {
    if (TappedMessage.notified(message) !== 'nothing') return
    TappedMessage.setNotified(message, 'chunk')
    if (isBodyChunk(chunk) && hasBody(message)) listener.outgoingChunk(chunk, encoding)
  } catch (error) {
    fault(error)
  }
}

function notifyEnd(message: OutgoingMessage, listener: OutgoingListener, chunk: unknown, encoding: unknown): void {
  notifyChunk(message, listener, chunk, encoding)
  try {
    if (TappedMessage.notified(message) === 'end') return
    TappedMessage.setNotified(message, 'end')
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
