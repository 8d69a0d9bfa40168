import type { IncomingMessage, OutgoingMessage } from 'node:http'
import { ExchangeRecord } from './exchange-record.ts'
import { guarded } from './guard.ts'

/**
 * An exchange that hears of Node's two message objects, the one that arrives and the one that is sent. Chunks are given
 * as they were written: a string comes with its encoding.
 */
export abstract class MessageExchange extends ExchangeRecord {
  abstract incomingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The message arrived whole. */
  abstract incomingEnded(): void
  abstract outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void
  /** The app has written all of the message. */
  abstract outgoingEnded(): void
}

/**
 * Hears the body of a message as Node's parser hands it to the message, read or not, without changing the stream's
 * mode: `push` is what the parser calls, and `push(null)` is the end.
 */
export function tapIncoming(message: IncomingMessage, tap: MessageExchange): void {
  const { push } = message
  message.push = function (chunk, encoding) {
    pushed(tap, chunk, encoding)
    return push.call(this, chunk, encoding)
  }
}

/**
 * Hears the body that is written to a message: the bytes of `write` and `end`, as the message took them.
 *
 * Closures, though this is the hot path: to share two functions between all messages, something of ours would have to
 * stand on each of them, for the app to find.
 */
export function tapOutgoing(message: OutgoingMessage, tap: MessageExchange): void {
  const { write, end } = message
  message.write = function (this: OutgoingMessage, ...args: Parameters<OutgoingMessage['write']>): boolean {
    const open = isOpen(message)
    const result = write.apply(this, args)
    if (open) written(message, tap, args[0], args[1])
    return result
  } as OutgoingMessage['write']
  message.end = function (this: OutgoingMessage, ...args: Parameters<OutgoingMessage['end']>): OutgoingMessage {
    const open = isOpen(message)
    const result = end.apply(this, args)
    if (open) ended(message, tap, args[0], args[1])
    return result
  } as OutgoingMessage['end']
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
