import type { ResponseHead } from '@agentgateway-otel/wire'
import { evidenceIn } from '../../evidence.ts'
import { type ClientMessage, type McpResponse, serverNameIn } from '../../json-rpc.ts'
import type { Status } from '../../label-values.ts'
import { SessionPosts } from '../../session-posts.ts'
import { readUnsentMessage } from '../../unsent-message.ts'
import { UnsessionedPost } from '../../unsessioned-requests.ts'
import { PostedMessages, type PostOwner } from '../posted-messages.ts'
import { SESSION_HEADER } from '../request-head.ts'
import { isSuccess } from '../response-reader.ts'
import { type ExchangeContext, initializeOf, sessionKeyOf } from './exchange-context.ts'
import { SessionListener } from './session-listener.ts'

/** Listens to a POST whose head may be MCP's, and counts the messages that it carries. */
export class PostListener extends SessionListener implements PostOwner {
  /** A client's messages count even if they never leave the process. */
  readonly wantsUnsentBody: boolean
  readonly #post: PostedMessages
  readonly #sessionPosts: SessionPosts | undefined
  readonly #unsessioned: UnsessionedPost | undefined
  readonly #deletionsBefore: number
  #head: ResponseHead | undefined
  /** Whether the request's or the response's messages have proved to be MCP's. */
  #isProven = false

  constructor(context: ExchangeContext) {
    super(context)
    this.#post = new PostedMessages(this, context.exchange.startMs)
    this.wantsUnsentBody = context.exchange.side === 'client'
    this.#deletionsBefore = context.shared.sessions.deletions
    if (this.session === undefined) {
      this.#unsessioned = new UnsessionedPost(context.shared.unsessioned, context.exchange, context.endpoint)
      return
    }
    this.session.posts ??= new SessionPosts(context.shared.waitingPosts)
    this.#sessionPosts = this.session.posts
    this.#sessionPosts.begin(this.#post)
  }

  requestBody(chunk: Uint8Array): void {
    this.#post.push(chunk)
  }

  requestEnd(): void {
    this.#post.read()
  }

  accept(messages: readonly ClientMessage[]): boolean {
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

  onOutcome(message: ClientMessage, status: Status, response?: McpResponse, endMs = response?.endMs): void {
    const { shared, endpoint } = this.context
    const { count, serverNames } = shared
    const name = serverNameIn(message, response)
    if (name !== undefined) serverNames.learn(endpoint, name)
    if (message.method === 'initialize' && status === 'ok') this.#beginSession(name)
    const server = name ?? (this.session === undefined ? serverNames.of(endpoint) : this.session.server)
    count(message, status, response, server, endMs)
  }

  /** The server may have given the client a session, whose id is in the response's head. */
  #beginSession(server: string | undefined): void {
    const { shared, endpoint } = this.context
    const key = sessionKeyOf(endpoint, this.#head?.header(SESSION_HEADER))
    if (key !== undefined) shared.sessions.begin(key, server, this.#deletionsBefore)
  }

  protected override onHead(head: ResponseHead): void {
    this.#head = head
    this.readResponses(head)
    if (this.session === undefined) return
    const { sessions } = this.context.shared
    if (isSuccess(head.status)) sessions.revive(this.session)
    else if (head.status === 404) sessions.end(this.session)
  }

  override onResponse(response: McpResponse): void {
    if (this.context.isMarked) this.markAsMcp()
    if (this.#post.resolve(response) || this.#isProven || !response.isInitializeResult) return
    this.markAsMcp()
    this.#isProven = true
    this.onOutcome(initializeOf(this.context.exchange), 'ok', response)
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
    else if (status >= 400) this.#post.end('error', context.exchange.endMs)
    else if (status === 0 && !this.#post.hasBody && context.isMarked && this.wantsUnsentBody) {
      this.onOutcome(readUnsentMessage(context.exchange), 'none')
    }
    if (this.#sessionPosts) this.#sessionPosts.end(this.#post, this.hasEventIds && this.session?.isOpen === true)
    else this.#post.end('none')
  }
}
