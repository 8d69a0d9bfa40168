import http, { type IncomingMessage, type OutgoingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { disguise } from './disguise.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { fault, guarded } from './guard.ts'
import { stamp } from './stamp.ts'

/**
 * An exchange that hears of Node's two message objects, the one that arrives and the one that is sent. Chunks are given
 * as they were written: a string comes with its encoding.
 */
export abstract class MessageExchange extends ExchangeRecord {
  abstract incomingChunk(chunk: Uint8Array): void
  /** The message arrived whole. */
  abstract incomingEnded(): void
  abstract outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written all of the message. */
  abstract outgoingEnded(): void
  /** The message that is sent is closed: it was sent, or never will be. */
  abstract outgoingClosed(): void
}

const exchanges = stamp<MessageExchange>()

/** What Node's HTTP parser is, as far as it matters here. */
export interface Parser {
  readonly incoming: (IncomingMessage & { readonly upgrade?: boolean | null }) | null
  readonly socket: Socket | null
  /** Its callbacks stand under numbers, which its class names. */
  [callback: number]: ((this: Parser, ...args: never[]) => unknown) | undefined
}

const tappedParsers = stamp<true>()

/**
 * Hears the body of a message as the parser gives it, whether or not the app reads it, also what Node drops of one that
 * nobody reads any more.
 *
 * @returns false where there is no such parser: then the body's size cannot be known.
 */
export function tapIncoming(message: IncomingMessage, exchange: MessageExchange): boolean {
  const { parser } = message.socket as Socket & { parser?: Parser | null }
  if (!parser || !tapParser(parser)) return false
  exchanges.put(message, exchange)
  return true
}

/** Once for a parser, which Node uses again for connection after connection. */
function tapParser(parser: Parser): boolean {
  if (tappedParsers.of(parser)) return true
  const { kOnBody, kOnMessageComplete } = parser.constructor as { kOnBody?: unknown; kOnMessageComplete?: unknown }
  if (typeof kOnBody !== 'number' || typeof kOnMessageComplete !== 'number') return false
  const onBody = parser[kOnBody] as ((this: Parser, chunk: Uint8Array) => unknown) | undefined
  const onMessageComplete = parser[kOnMessageComplete]
  if (typeof onBody !== 'function' || typeof onMessageComplete !== 'function') return false

  parser[kOnBody] = function (this: Parser, chunk: Uint8Array): unknown {
    bodyArrived(this, chunk)
    return onBody.call(this, chunk)
  }
  parser[kOnMessageComplete] = function (this: Parser): unknown {
    messageArrived(this)
    return onMessageComplete.call(this)
  }
  disguise(parser[kOnBody], onBody)
  disguise(parser[kOnMessageComplete], onMessageComplete)
  tappedParsers.put(parser, true)
  return true
}

const bodyArrived = guarded(({ incoming }: Parser, chunk: Uint8Array) => {
  if (incoming !== null) exchanges.of(incoming)?.incomingChunk(chunk)
})

const messageArrived = guarded(({ incoming }: Parser) => {
  if (incoming !== null) exchanges.of(incoming)?.incomingEnded()
})

/** Hears the body that is written to a message, the bytes of `write` and `end` as the message took them, and its end. */
export function tapOutgoing(message: OutgoingMessage, exchange: MessageExchange): void {
  tapPrototype()
  exchanges.put(message, exchange)
  message.on('close', onClose)
}

const onClose = guarded(function (this: OutgoingMessage) {
  exchanges.of(this)?.outgoingClosed()
})

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
    const exchange = exchanges.of(this)
    if (exchange === undefined) return (write as Write).call(this, chunk, encoding, callback)
    const open = isOpen(this)
    const result = (write as Write).call(this, chunk, encoding, callback)
    if (open) written(this, exchange, chunk, encoding)
    return result
  } as Write as OutgoingMessage['write']

  prototype.end = function (this: OutgoingMessage, chunk, encoding, callback) {
    const exchange = exchanges.of(this)
    if (exchange === undefined) return (end as End).call(this, chunk, encoding, callback)
    const open = isOpen(this)
    const result = (end as End).call(this, chunk, encoding, callback)
    if (open) ended(this, exchange, chunk, encoding)
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

const written = guarded((message: OutgoingMessage, exchange: MessageExchange, chunk: unknown, encoding: unknown) => {
  if (isBody(chunk) && hasBody(message)) exchange.outgoingChunk(chunk, encoding)
})

const ended = guarded((message: OutgoingMessage, exchange: MessageExchange, chunk: unknown, encoding: unknown) => {
  if (isBody(chunk) && hasBody(message)) exchange.outgoingChunk(chunk, encoding)
  exchange.outgoingEnded()
})

/** Node drops what is written to the response to a HEAD, and to a 204 or a 304; by the time it wrote the head it knows. */
const hasBody = (message: OutgoingMessage & { readonly _hasBody?: boolean }) => message._hasBody !== false

const isBody = (chunk: unknown): chunk is Uint8Array | string =>
  typeof chunk === 'string' ? chunk !== '' : chunk instanceof Uint8Array && chunk.byteLength > 0
