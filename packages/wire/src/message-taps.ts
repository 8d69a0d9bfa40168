import type { IncomingMessage, OutgoingMessage } from 'node:http'
import { ExchangeRecord } from './exchange-record.ts'
import { guarded } from './guard.ts'

/**
 * An exchange that hears of Node's two message objects, the one that arrives and the one that is sent. Chunks are given
 * as they were written: a string comes with its encoding. What a tap replaces on a message is kept here, so that it
 * costs no object of its own.
 */
export abstract class MessageExchange extends ExchangeRecord {
  incomingPush!: IncomingMessage['push']
  outgoingWrite!: OutgoingMessage['write']
  outgoingEnd!: OutgoingMessage['end']

  abstract incomingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The message arrived whole. */
  abstract incomingEnded(): void
  abstract outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written all of the message. */
  abstract outgoingEnded(): void
}

const kTap = Symbol('agentgateway-otel.tap')
type Tapped<M> = M & { [kTap]: MessageExchange }

/**
 * Hears the body of a message as Node's parser hands it to the message, read or not, without changing the stream's
 * mode: `push` is what the parser calls, and `push(null)` is the end.
 */
export function tapIncoming(message: IncomingMessage, tap: MessageExchange): void {
  tap.incomingPush = message.push
  ;(message as Tapped<IncomingMessage>)[kTap] = tap
  message.push = push
}

/** Hears the body that is written to a message: the bytes of `write` and `end`, as the message took them. */
export function tapOutgoing(message: OutgoingMessage, tap: MessageExchange): void {
  tap.outgoingWrite = message.write
  tap.outgoingEnd = message.end
  ;(message as Tapped<OutgoingMessage>)[kTap] = tap
  message.write = write as OutgoingMessage['write']
  message.end = end as OutgoingMessage['end']
}

// One function for all messages, not a closure each: this is the hot path. They are installed on tapped messages only.

function push(this: IncomingMessage, chunk: unknown, encoding?: BufferEncoding): boolean {
  const tap = (this as Tapped<IncomingMessage>)[kTap]
  pushed(tap, chunk, encoding)
  return tap.incomingPush.call(this, chunk, encoding)
}

function write(this: OutgoingMessage, ...args: Parameters<OutgoingMessage['write']>): boolean {
  const tap = (this as Tapped<OutgoingMessage>)[kTap]
  const open = isOpen(this)
  const result = tap.outgoingWrite.apply(this, args)
  if (open) written(this, tap, args[0], args[1])
  return result
}

function end(this: OutgoingMessage, ...args: Parameters<OutgoingMessage['end']>): OutgoingMessage {
  const tap = (this as Tapped<OutgoingMessage>)[kTap]
  const open = isOpen(this)
  const result = tap.outgoingEnd.apply(this, args)
  if (open) ended(this, tap, args[0], args[1])
  return result
}

/** Whether what is written now becomes part of a body: not after the end, nor after the message was destroyed. */
const isOpen = (message: OutgoingMessage) => !message.writableEnded && !message.destroyed

const pushed = guarded((tap: MessageExchange, chunk: unknown, encoding: unknown) => {
  if (chunk === null) tap.incomingEnded()
  else if (isBody(chunk)) tap.incomingChunk(chunk, encoding)
})

const written = guarded((message: OutgoingMessage, tap: MessageExchange, chunk: unknown, encoding: unknown) => {
  if (isBody(chunk) && hasBody(message)) tap.outgoingChunk(chunk, encoding)
})

const ended = guarded((message: OutgoingMessage, tap: MessageExchange, chunk: unknown, encoding: unknown) => {
  if (isBody(chunk) && hasBody(message)) tap.outgoingChunk(chunk, encoding)
  tap.outgoingEnded()
})

/** Node drops what is written to the response to a HEAD, and to a 204 or a 304; by the time it wrote the head it knows. */
const hasBody = (message: OutgoingMessage & { readonly _hasBody?: boolean }) => message._hasBody !== false

const isBody = (chunk: unknown): chunk is Uint8Array | string =>
  typeof chunk === 'string' ? chunk !== '' : chunk instanceof Uint8Array && chunk.byteLength > 0
