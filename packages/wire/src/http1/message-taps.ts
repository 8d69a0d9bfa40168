import http, { type IncomingMessage, type OutgoingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { fault } from '../guard.ts'
import { disguise } from '../mimic.ts'
import { Host } from '../private-slot.ts'

/**
 * What hears of Node's two message objects, the one that arrives and the one that is sent. Chunks are given as they were
 * written: a string comes with its encoding.
 */
export interface MessageTap {
  incomingChunk(chunk: Uint8Array): void
  /** The message arrived whole. */
  incomingEnded(): void
  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written all of the message. */
  outgoingEnded(): void
}

/** What Node's HTTP parser is, as far as it matters here. */
export interface Parser {
  readonly incoming: (IncomingMessage & { readonly upgrade?: boolean | null }) | null
  readonly socket: Socket | null
  /** Its callbacks stand under numbers, which its class names. */
  [callback: number]: ((this: Parser, ...args: never[]) => unknown) | undefined
}

/** The message that a parser is at, if it is to be heard. */
interface Heard {
  message: IncomingMessage | undefined
  tap: MessageTap | undefined
}

class TappedParser extends Host {
  readonly #heard: Heard

  constructor(parser: Parser, heard: Heard) {
    super(parser)
    this.#heard = heard
  }

  static heardBy(parser: object): Heard | undefined {
    return #heard in parser ? parser.#heard : undefined
  }
}

/**
 * Hears the body of a message as the parser gives it, whether or not the app reads it, also what Node drops of one that
 * nobody reads any more. To be called at the message's head.
 *
 * @returns false where there is no such parser: then the body's size cannot be known.
 */
export function tapIncoming(message: IncomingMessage, tap: MessageTap): boolean {
  const { parser } = message.socket as Socket & { parser?: Parser | null }
  if (!parser) return false
  const heard = TappedParser.heardBy(parser) ?? tapParser(parser)
  if (heard === undefined) return false
  heard.message = message
  heard.tap = tap
  return true
}

/** Once for a parser, which Node uses again for message after message, and connection after connection. */
function tapParser(parser: Parser): Heard | undefined {
  const { kOnBody, kOnMessageComplete } = parser.constructor as { kOnBody?: unknown; kOnMessageComplete?: unknown }
  if (typeof kOnBody !== 'number' || typeof kOnMessageComplete !== 'number') return undefined
  const onBody = parser[kOnBody] as ((this: Parser, chunk: Uint8Array) => unknown) | undefined
  const onMessageComplete = parser[kOnMessageComplete]
  if (typeof onBody !== 'function' || typeof onMessageComplete !== 'function') return undefined

  const heard: Heard = { message: undefined, tap: undefined }
  parser[kOnBody] = function (this: Parser, chunk: Uint8Array): unknown {
    bodyArrived(heard, this, chunk)
    return onBody.call(this, chunk)
  }
  parser[kOnMessageComplete] = function (this: Parser): unknown {
    messageArrived(heard, this)
    return onMessageComplete.call(this)
  }
  disguise(parser[kOnBody], onBody)
  disguise(parser[kOnMessageComplete], onMessageComplete)
  new TappedParser(parser, heard)
  return heard
}

function bodyArrived({ message, tap }: Heard, parser: Parser, chunk: Uint8Array): void {
  if (tap === undefined || parser.incoming !== message) return
  try {
    tap.incomingChunk(chunk)
  } catch (error) {
    fault(error)
  }
}

function messageArrived(heard: Heard, parser: Parser): void {
  const { message, tap } = heard
  if (tap === undefined) return
  heard.message = undefined
  heard.tap = undefined
  if (parser.incoming !== message) return
  try {
    tap.incomingEnded()
  } catch (error) {
    fault(error)
  }
}

class TappedMessage extends Host {
  readonly #tap: MessageTap

  constructor(message: OutgoingMessage, tap: MessageTap) {
    super(message)
    this.#tap = tap
  }

  static tapOf(message: object): MessageTap | undefined {
    return #tap in message ? message.#tap : undefined
  }
}

/** Hears the body that is written to a message, the bytes of `write` and `end` as the message took them. */
export function tapOutgoing(message: OutgoingMessage, tap: MessageTap): void {
  tapPrototype()
  new TappedMessage(message, tap)
}

/** The tap that `tapOutgoing` gave to a message. */
export const tapOfOutgoing = (message: OutgoingMessage): MessageTap | undefined => TappedMessage.tapOf(message)

/**
 * `write` and `end` of all messages, once in a process: functions on each message would be seen by whoever lists or
 * prints it, and cost more. Those that a middleware puts on a message end here, so what is counted is what is sent.
 */
let tapPrototype = () => {
  tapPrototype = () => {}
  const prototype = http.OutgoingMessage.prototype
  const { write, end } = prototype
  type Write = (this: OutgoingMessage, chunk: unknown, encoding?: unknown, callback?: unknown) => boolean
  type End = (this: OutgoingMessage, chunk?: unknown, encoding?: unknown, callback?: unknown) => OutgoingMessage

  prototype.write = function (this: OutgoingMessage, chunk, encoding, callback) {
    const tap = TappedMessage.tapOf(this)
    if (tap === undefined) return (write as Write).call(this, chunk, encoding, callback)
    const open = isOpen(this)
    const result = (write as Write).call(this, chunk, encoding, callback)
    if (open) written(this, tap, chunk, encoding)
    return result
  } as Write as OutgoingMessage['write']

  prototype.end = function (this: OutgoingMessage, chunk, encoding, callback) {
    const tap = TappedMessage.tapOf(this)
    if (tap === undefined) return (end as End).call(this, chunk, encoding, callback)
    const open = isOpen(this)
    const result = (end as End).call(this, chunk, encoding, callback)
    if (open) ended(this, tap, chunk, encoding)
    return result
  } as End as OutgoingMessage['end']

  disguise(prototype.write, write)
  disguise(prototype.end, end)
}

/** Whether what is written now becomes part of a body: not after the end, nor after the message was destroyed. */
function isOpen(message: OutgoingMessage): boolean {
  try {
    return !message.writableEnded && !message.destroyed
  } catch (error) {
    fault(error)
    return false
  }
}

function written(message: OutgoingMessage, tap: MessageTap, chunk: unknown, encoding: unknown): void {
  try {
    if (isBody(chunk) && hasBody(message)) tap.outgoingChunk(chunk, encoding)
  } catch (error) {
    fault(error)
  }
}

function ended(message: OutgoingMessage, tap: MessageTap, chunk: unknown, encoding: unknown): void {
  written(message, tap, chunk, encoding)
  try {
    tap.outgoingEnded()
  } catch (error) {
    fault(error)
  }
}

/** Node drops what is written to the response to a HEAD, and to a 204 or a 304; by the time it wrote the head it knows. */
const hasBody = (message: OutgoingMessage & { readonly _hasBody?: boolean }) => message._hasBody !== false

const isBody = (chunk: unknown): chunk is Uint8Array | string =>
  typeof chunk === 'string' ? chunk !== '' : chunk instanceof Uint8Array && chunk.byteLength > 0
