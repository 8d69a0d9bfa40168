import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { type ClientMessage, type McpResponse, serverNameIn } from '../../json-rpc.ts'
import type { Status } from '../../label-values.ts'
import type { CountMessage } from '../../request-counter.ts'
import type { ConnectionSessions } from '../../sessions.ts'
import { readUnsentMessage } from '../../unsent-message.ts'
import { PostedMessages, type PostOwner } from '../posted-messages.ts'
import { isSuccess } from '../response-reader.ts'
import type { SseStream } from './streams.ts'

/** Listens to a POST of a stream, and counts the messages that it carries. */
export class PostListener implements ExchangeListener, PostOwner {
  /** A client's messages count even if they never leave the process. */
  readonly wantsUnsentBody: boolean
  readonly #exchange: Exchange
  readonly #stream: SseStream
  readonly #countMessage: CountMessage
  readonly #sessions: ConnectionSessions
  readonly #post: PostedMessages
  #status = 0

  constructor(exchange: Exchange, stream: SseStream, count: CountMessage, sessions: ConnectionSessions) {
    this.wantsUnsentBody = exchange.side === 'client'
    this.#exchange = exchange
    this.#post = new PostedMessages(this, exchange.startMs)
    this.#stream = stream
    this.#countMessage = count
    this.#sessions = sessions
    exchange.protocol = 'mcp'
    stream.posts.begin(this.#post)
  }

  requestBody(chunk: Uint8Array): void {
    this.#post.push(chunk)
  }

  requestEnd(): void {
    this.#post.read()
  }

  response(head: ResponseHead): void {
    this.#status = head.status
  }

  accept(messages: readonly ClientMessage[]): boolean {
    for (const { cancels } of messages) if (cancels !== undefined) this.#stream.posts.cancel(cancels)
    return true
  }

  onOutcome(message: ClientMessage, status: Status, response?: McpResponse, endMs = response?.endMs): void {
    const stream = this.#stream
    stream.server = serverNameIn(message, response) ?? stream.server
    if (message.method === 'initialize' && status === 'ok') stream.endSession ??= this.#sessions.begin()
    this.#countMessage(message, status, response, stream.server, endMs)
  }

  end(): void {
    this.#post.read()
    if (this.#status >= 400) this.#post.end('error', this.#exchange.endMs)
    else if (this.#status === 0 && !this.#post.hasBody && this.wantsUnsentBody) {
      this.onOutcome(readUnsentMessage(this.#exchange), 'none')
    }
    this.#stream.posts.end(this.#post, isSuccess(this.#status))
  }
}
