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
class TappedParser extends PrivateSlot {
  #message: IncomingMessage | undefined
  #listener: IncomingListener | undefined

  static isTapped(parser: object): boolean {
    return #message in parser
  }

  static setListener(parser: object, message: IncomingMessage, listener: IncomingListener): void {
    if (!(#message in parser)) return
    parser.#message = message
    parser.#listener = listener
  }

  /** Returns the listener of the message that the parser reads now. */
  static listenerOf(parser: HttpParser): IncomingListener | undefined {
    return #message in parser && parser.incoming === parser.#message ? parser.#listener : undefined
  }

  static removeListener(parser: object): void {
    if (!(#message in parser)) return
    parser.#message = undefined
    parser.#listener = undefined
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
  if (!parser || !(TappedParser.isTapped(parser) || tapParser(parser))) return false
  TappedParser.setListener(parser, message, listener)
  return true
}

/** Taps a parser once. Node reuses parsers for message after message and connection after connection. */
function tapParser(parser: HttpParser): boolean {
  const { kOnBody, kOnMessageComplete } = parser.constructor as HttpParserClass
  if (typeof kOnBody !== 'number' || typeof kOnMessageComplete !== 'number') return false
  const onBody = parser[kOnBody] as OnBody | undefined
  const onMessageComplete = parser[kOnMessageComplete] as OnMessageComplete | undefined
  if (typeof onBody !== 'function' || typeof onMessageComplete !== 'function') return false
  parser[kOnBody] = tapOf(onBody, tapOnBody)
  parser[kOnMessageComplete] = tapOf(onMessageComplete, tapOnMessageComplete)
  new TappedParser(parser)
  return true
}

type OnBody = (this: HttpParser, chunk: Uint8Array) => unknown
type OnMessageComplete = (this: HttpParser) => unknown

/** The taps of Node's callbacks, which all parsers share, as they share the callbacks. */
const taps = new WeakMap<object, (this: HttpParser, ...args: never[]) => unknown>()

function tapOf<F extends OnBody | OnMessageComplete>(callback: F, create: (callback: F) => F): F {
  const known = taps.get(callback) as F | undefined
  if (known !== undefined) return known
  const tap = create(callback)
  mimic(tap, callback)
  taps.set(callback, tap)
  return tap
}

const tapOnBody = (onBody: OnBody): OnBody =>
  function (chunk) {
    notifyChunk(this, chunk)
    return onBody.call(this, chunk)
  }

const tapOnMessageComplete = (onMessageComplete: OnMessageComplete): OnMessageComplete =>
  function () {
    notifyEnd(this)
    return onMessageComplete.call(this)
  }

function notifyChunk(parser: HttpParser, chunk: Uint8Array): void {
  try {
    TappedParser.listenerOf(parser)?.incomingChunk(chunk)
  } catch (error) {
    fault(error)
  }
}

function notifyEnd(parser: HttpParser): void {
  const listener = TappedParser.listenerOf(parser)
  TappedParser.removeListener(parser)
  try {
    listener?.incomingEnded()
  } catch (error) {
    fault(error)
  }
}
