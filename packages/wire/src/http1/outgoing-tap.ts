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

class TappedMessage extends PrivateSlot {
  readonly #listener: OutgoingListener

  constructor(message: OutgoingMessage, listener: OutgoingListener) {
    super(message)
    this.#listener = listener
  }

  static listenerOf(message: object): OutgoingListener | undefined {
    return #listener in message ? message.#listener : undefined
  }
}

/** Observes the body that is written to a message: the bytes of `write` and `end` that the message accepted. */
export function tapOutgoing(message: OutgoingMessage, listener: OutgoingListener): void {
  tapPrototype()
  new TappedMessage(message, listener)
}

/** Returns the listener that `tapOutgoing` attached to a message. */
export const outgoingListenerOf = (message: OutgoingMessage): OutgoingListener | undefined =>
  TappedMessage.listenerOf(message)

type Write = (this: OutgoingMessage, chunk: unknown, encoding?: unknown, callback?: unknown) => boolean
type End = (this: OutgoingMessage, chunk?: unknown, encoding?: unknown, callback?: unknown) => OutgoingMessage

/**
 * Taps `write` and `end` of all messages. Functions on each message would show when the app lists or prints it, and cost
 * more. Replacements of `write` and `end` that middleware puts on a message call these in the end, so that what is
 * counted is what is sent.
 */
const tapPrototype = once(() => {
  const prototype = http.OutgoingMessage.prototype
  const { write, end } = prototype as unknown as { write: Write; end: End }

  prototype.write = function (this: OutgoingMessage, chunk, encoding, callback) {
    const listener = TappedMessage.listenerOf(this)
    if (listener === undefined) return write.call(this, chunk, encoding, callback)
    const wasOpen = isOpen(this)
    const result = write.call(this, chunk, encoding, callback)
    if (wasOpen) notifyChunk(this, listener, chunk, encoding)
    return result
  } as Write as OutgoingMessage['write']

  prototype.end = function (this: OutgoingMessage, chunk, encoding, callback) {
    const listener = TappedMessage.listenerOf(this)
    if (listener === undefined) return end.call(this, chunk, encoding, callback)
    const wasOpen = isOpen(this)
    const result = end.call(this, chunk, encoding, callback)
    if (wasOpen) notifyEnd(this, listener, chunk, encoding)
    return result
  } as End as OutgoingMessage['end']

  mimic(prototype.write, write)
  mimic(prototype.end, end)
})

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
    if (isBodyChunk(chunk) && hasBody(message)) listener.outgoingChunk(chunk, encoding)
  } catch (error) {
    fault(error)
  }
}

function notifyEnd(message: OutgoingMessage, listener: OutgoingListener, chunk: unknown, encoding: unknown): void {
  notifyChunk(message, listener, chunk, encoding)
  try {
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
