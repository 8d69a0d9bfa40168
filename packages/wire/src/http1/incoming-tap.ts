import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { fault } from '../guard.ts'
import { mimic } from '../mimic.ts'
import type { HttpParser, HttpParserClass, SocketInternals } from '../node-internals.ts'
import { PrivateSlot } from '../private-slot.ts'

/** Is notified of the body of a message that arrives over HTTP/1. */
export interface IncomingListener {
  /** A chunk of the body, before the app gets it. */
  incomingChunk(chunk: Uint8Array): void
  /** The message has arrived whole. */
  incomingEnded(): void
}

/** The message that is observed while a parser reads it, and its listener. Both are undefined between messages. */
interface ObservedMessage {
  message: IncomingMessage | undefined
  listener: IncomingListener | undefined
}

class TappedParser extends PrivateSlot {
  readonly #observed: ObservedMessage

  constructor(parser: HttpParser, observed: ObservedMessage) {
    super(parser)
    this.#observed = observed
  }

  static observedOf(parser: object): ObservedMessage | undefined {
    return #observed in parser ? parser.#observed : undefined
  }
}

/**
 * Observes the body of a message where the parser hands it over, whether or not the app reads it. That includes
 * chunks that Node drops because the app does not read the message any more. To be called when the message's head has been parsed.
 *
 * @returns false if the message's parser is unknown or lacks the callbacks: the size of the body is unknown then
 */
export function tapIncoming(message: IncomingMessage, listener: IncomingListener): boolean {
  const { parser } = message.socket as Socket & SocketInternals
  if (!parser) return false
  const observed = TappedParser.observedOf(parser) ?? tapParser(parser)
  if (observed === undefined) return false
  observed.message = message
  observed.listener = listener
  return true
}

/** Taps a parser once. Node reuses parsers for message after message and connection after connection. */
function tapParser(parser: HttpParser): ObservedMessage | undefined {
  const { kOnBody, kOnMessageComplete } = parser.constructor as HttpParserClass
  if (typeof kOnBody !== 'number' || typeof kOnMessageComplete !== 'number') return undefined
  const onBody = parser[kOnBody] as ((this: HttpParser, chunk: Uint8Array) => unknown) | undefined
  const onMessageComplete = parser[kOnMessageComplete]
  if (typeof onBody !== 'function' || typeof onMessageComplete !== 'function') return undefined

  const observed: ObservedMessage = { message: undefined, listener: undefined }
  parser[kOnBody] = function (this: HttpParser, chunk: Uint8Array): unknown {
    notifyChunk(observed, this, chunk)
    return onBody.call(this, chunk)
  }
  parser[kOnMessageComplete] = function (this: HttpParser): unknown {
    notifyEnd(observed, this)
    return onMessageComplete.call(this)
  }
  mimic(parser[kOnBody], onBody)
  mimic(parser[kOnMessageComplete], onMessageComplete)
  new TappedParser(parser, observed)
  return observed
}

function notifyChunk({ message, listener }: ObservedMessage, parser: HttpParser, chunk: Uint8Array): void {
  if (listener === undefined || parser.incoming !== message) return
  try {
    listener.incomingChunk(chunk)
  } catch (error) {
    fault(error)
  }
}

function notifyEnd(observed: ObservedMessage, parser: HttpParser): void {
  const { message, listener } = observed
  if (listener === undefined) return
  observed.message = undefined
  observed.listener = undefined
  if (parser.incoming !== message) return
  try {
    listener.incomingEnded()
  } catch (error) {
    fault(error)
  }
}
