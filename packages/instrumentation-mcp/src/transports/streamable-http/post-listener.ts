import type { ResponseHead } from '@agentgateway-otel/wire'
import { evidenceIn } from '../../evidence.ts'
import { type ClientMessage, type McpResponse, serverNameIn } from '../../json-rpc.ts'
import type { Status } from '../../request-counter.ts'
import { SessionPosts } from '../../session-posts.ts'
import { readUnsentMessage } from '../../unsent-message.ts'
import { UnsessionedPost } from '../../unsessioned-requests.ts'
import { createPostedMessages } from '../posted-messages.ts'
import { SESSION_HEADER } from '../request-head.ts'
import { isSuccess } from '../response-reader.ts'
import { type ExchangeContext, INITIALIZE, sessionKeyOf } from './exchange-context.ts'
import { SessionListener } from './session-listener.ts'

/** Listens to a POST whose head may be MCP's, and counts the messages that it carries. */
export class PostListener extends SessionListener {
  /** A client's messages count even if they never leave the process. */
  readonly wantsUnsentBody: boolean
  readonly #post = createPostedMessages(
    (message, status, response) => this.#count(message, status, response),
    (messages) => this.#accept(messages),
  )
  readonly #sessionPosts: SessionPosts | undefined
  readonly #unsessioned: UnsessionedPost | undefined
  readonly #deletionsBefore: number
  #newSessionKey: string | undefined
  /** Whether the request's or the response's messages have proved to be MCP's. */
  #isProven = false

  constructor(context: ExchangeContext) {
    super(context)
    this.wantsUnsentBody = context.exchange.side === 'client'
    this.#deletionsBefore = context.sessions.deletions
    if (this.session === undefined) {
      this.#unsessioned = new UnsessionedPost(context.unsessioned, context.exchange, context.endpoint)
      return
    }
    this.session.posts ??= new SessionPosts(context.waitingPosts)
    this.#sessionPosts = this.session.posts
    this.#sessionPosts.begin(this.#post)
  }

  requestBody(chunk: Uint8Array): void {
    this.#post.push(chunk)
  }

  requestEnd(): void {
    this.#post.read()
  }

  #accept(messages: readonly ClientMessage[]): boolean {
    if (!this.context.isMarked && evidenceIn(messages) === 'other') return false
    this.markAsMcp()
    this.#isProven = true
    for (const { cancels } of messages) {
      if (cancels === undefined) continue
      if (this.#sessionPosts) this.#sessionPosts.cancel(cancels)
      else this.#unsessioned?.cancel(cancels)
    }
    this.#unsessioned?.begin(messages, this.#post.requests)
    return true
  }

  #count(message: ClientMessage, status: Status, response: McpResponse | undefined): void {
    const { count, endpoint, serverNames, sessions } = this.context
    const name = serverNameIn(message, response)
    if (name !== undefined) serverNames.learn(endpoint, name)
    if (message.method === 'initialize' && status === 'ok' && this.#newSessionKey !== undefined) {
      sessions.begin(this.#newSessionKey, name, this.#deletionsBefore)
    }
    const server = name ?? (this.session === undefined ? serverNames.of(endpoint) : this.session.server)
    count(message, status, response, server)
  }

  protected override onHead(head: ResponseHead): void {
    this.readResponses(head)
    this.#newSessionKey = sessionKeyOf(this.context.endpoint, head.header(SESSION_HEADER))
    if (this.session === undefined) return
    if (isSuccess(head.status)) this.context.sessions.revive(this.session)
    else if (head.status === 404) this.context.sessions.end(this.session)
  }

  protected override onResponse(response: McpResponse): void {
    if (this.context.isMarked) this.markAsMcp()
    if (this.#post.resolve(response) || this.#isProven || !response.isInitializeResult) return
    this.markAsMcp()
    this.#isProven = true
    this.#count(INITIALIZE, 'ok', response)
  }

  override end(): void {
    this.#post.read()
    this.#countRest()
    this.#unsessioned?.end()
    if (this.session?.posts?.isEmpty) this.session.posts = undefined
    super.end()
  }

  /** Counts what has not been counted yet. */
  #countRest(): void {
    const { status, context } = this
    // After a redirect the client sends the message again, to a place where it is then counted.
    if (status === 307 || status === 308) this.#post.clear()
    else if (status >= 400) this.#post.end('error')
    else if (status === 0 && !this.#post.hasBody && context.isMarked && this.wantsUnsentBody) {
      this.#count(readUnsentMessage(context.exchange), 'none', undefined)
    }
    if (this.#sessionPosts) this.#sessionPosts.end(this.#post, this.hasEventIds && this.session?.isOpen === true)
    else this.#post.end('none')
  }
}
