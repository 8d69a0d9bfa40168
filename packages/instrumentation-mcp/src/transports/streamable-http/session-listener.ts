import type { ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import type { McpResponse } from '../../json-rpc.ts'
import type { Session } from '../../sessions.ts'
import { SESSION_HEADER } from '../request-head.ts'
import { createResponseReader, isSuccess, type ResponseListener, type ResponseReader } from '../response-reader.ts'
import { type ExchangeContext, sessionKeyOf } from './exchange-context.ts'

/** What the listeners to GET, POST and DELETE have in common: an exchange may belong to a session, and has a response. */
export abstract class SessionListener implements ExchangeListener, ResponseListener {
  protected readonly context: ExchangeContext
  protected readonly sessionKey: string | undefined
  /** The session, if it began in this process. */
  protected readonly session: Session | undefined
  /** The response's status; 0 before the response. */
  protected status = 0
  /** Whether the response's stream can be resumed, because its events have ids. */
  protected hasEventIds = false
  #reader: ResponseReader | undefined

  constructor(context: ExchangeContext) {
    this.context = context
    this.sessionKey = sessionKeyOf(context.endpoint, context.exchange.header(SESSION_HEADER))
    this.session = this.sessionKey === undefined ? undefined : context.shared.sessions.enter(this.sessionKey)
  }

  protected abstract onHead(head: ResponseHead): void
  abstract onResponse(response: McpResponse): void

  now(): number {
    return this.context.shared.now()
  }

  onEventId(): void {
    this.hasEventIds = true
  }

  /** The exchange has proved to be MCP's, so the metrics of HTTP say so. */
  protected markAsMcp(): void {
    this.context.exchange.protocol = 'mcp'
  }

  response(head: ResponseHead): void {
    this.status = head.status
    this.onHead(head)
  }

  /** Reads the body of the response from now on. */
  protected readResponses(head: ResponseHead): void {
    this.#reader = createResponseReader(head, this)
  }

  responseBody(chunk: Uint8Array): void {
    this.#reader?.push(chunk)
  }

  end(): void {
    if (this.session !== undefined) this.context.shared.sessions.leave(this.session, isSuccess(this.status))
  }
}
