import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { type ClientMessage, type McpResponse, serverNameIn } from '../../json-rpc.ts'
import type { CountMessage, Status } from '../../request-counter.ts'
import type { ConnectionSessions } from '../../sessions.ts'
import { readUnsentMessage } from '../../unsent-message.ts'
import { createPostedMessages } from '../posted-messages.ts'
import { isSuccess } from '../response-reader.ts'
import type { SseStream } from './streams.ts'

/** Listens to a POST of a stream, and counts the messages that it carries. */
export class PostListener implements ExchangeListener {
  /** A client's messages count even if they never leave the process. */
  readonly wantsUnsentBody: boolean
  readonly #exchange: Exchange
  readonly #stream: SseStream
  readonly #countMessage: CountMessage
  readonly #sessions: ConnectionSessions
  readonly #post = createPostedMessages(
    (message, status, response) => this.#count(message, status, response),
    (messages) => this.#accept(messages),
  )
  #status = 0

  constructor(exchange: Exchange, stream: SseStream, count: CountMessage, sessions: ConnectionSessions) {
    this.wantsUnsentBody = exchange.side === 'client'
    this.#exchange = exchange
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

  #accept(messages: readonly ClientMessage[]): boolean {
    for (const { cancels } of messages) if (cancels !== undefined) this.#stream.posts.cancel(cancels)
    return true
  }

  #count(message: ClientMessage, status: Status, response: McpResponse | undefined): void {
    const stream = this.#stream
    stream.server = serverNameIn(message, response) ?? stream.server
    if (message.method === 'initialize' && status === 'ok') stream.endSession ??= this.#sessions.begin()
    this.#countMessage(message, status, response, stream.server)
  }

  end(): void {
    this.#post.read()
    if (this.#status >= 400) this.#post.end('error')
    else if (this.#status === 0 && !this.#post.hasBody && this.wantsUnsentBody) {
      this.#count(readUnsentMessage(this.#exchange), 'none', undefined)
    }
    this.#stream.posts.end(this.#post, isSuccess(this.#status))
  }
}
