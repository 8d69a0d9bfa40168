import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { type Budget, Conversation } from '../conversation.ts'
import { evidenceIn } from '../evidence.ts'
import { type Answer, type Call, serverNameIn } from '../json-rpc.ts'
import type { CountCall, Status } from '../request-counter.ts'
import { createServerNames, type ServerNames } from '../server-names.ts'
import type { Session, Sessions } from '../sessions.ts'
import { readUnseenCall } from '../unseen-call.ts'
import { createUnsessionedCalls, type UnsessionedCalls, UnsessionedPost } from '../unsessioned-calls.ts'
import { acceptsBoth, endpointOf, isMarked, isSuccess, SESSION_HEADER } from './endpoint.ts'
import { createPost } from './posted-messages.ts'
import { createAnswerReader, isEventStream } from './response-reader.ts'

/**
 * MCP over Streamable HTTP, from either end: POST carries messages, GET opens the server's own stream, DELETE ends the
 * session.
 *
 * A request is looked at when its head may be MCP's, and taken for MCP when its body, or the answer, proves it.
 *
 * @param now a clock that never goes back, in milliseconds
 */
export function watchStreamableHttp(count: CountCall, sessions: Sessions, budget: Budget, now?: () => number) {
  const shared = {
    count,
    sessions,
    budget,
    names: createServerNames(),
    unsessioned: createUnsessionedCalls(now && { now }),
  }

  return (exchange: Exchange): ExchangeListener | undefined => {
    const { method } = exchange
    if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return undefined
    if (method === 'GET' && !exchange.header('accept')?.includes('text/event-stream')) return undefined
    const marked = isMarked(exchange)
    if (method !== 'POST') {
      return marked
        ? new ControlListener({ ...shared, exchange, isMarked: true, endpoint: endpointOf(exchange) })
        : undefined
    }
    if (marked || acceptsBoth(exchange)) {
      return new PostListener({ ...shared, exchange, isMarked: marked, endpoint: endpointOf(exchange) })
    }
    return exchange.header('content-type')?.includes('json') ? new UnlikelyPostListener(exchange, shared) : undefined
  }
}

/** Longer paths and ids than these are nobody's session. */
const MAX_KEY = 2048

/** Two servers do not share a session, so that one's 404 is no word on the other's. */
function keyOf(endpoint: string, id: string | undefined): string | undefined {
  if (id === undefined || id === '' || id.length + endpoint.length >= MAX_KEY) return undefined
  return `${endpoint} ${id}`
}

interface Shared {
  readonly count: CountCall
  readonly sessions: Sessions
  readonly budget: Budget
  readonly names: ServerNames
  readonly unsessioned: UnsessionedCalls
}

interface Place extends Shared {
  readonly exchange: Exchange
  readonly isMarked: boolean
  readonly endpoint: string
}

/** What a client sent whose server has answered it as MCP servers answer `initialize`. */
const INITIALIZE: Call = { method: 'initialize', name: '', id: null, cancels: undefined, version: undefined }

/** What GET, POST and DELETE have in common: they are exchanges of a session, and have a response. */
abstract class McpListener implements ExchangeListener {
  protected readonly place: Place
  protected readonly sessionKey: string | undefined
  protected readonly session: Session | undefined
  /** 0 before the response. */
  protected status = 0
  /** What the response's events may be resumed after. */
  protected hasEventIds = false
  #readAnswer: ((chunk: Uint8Array) => void) | undefined

  constructor(place: Place) {
    this.place = place
    this.sessionKey = keyOf(place.endpoint, place.exchange.header(SESSION_HEADER))
    this.session = this.sessionKey === undefined ? undefined : place.sessions.enter(this.sessionKey)
  }

  protected abstract responded(head: ResponseHead): void
  protected abstract answered(answer: Answer): void

  protected prove(): void {
    this.place.exchange.protocol = 'mcp'
  }

  response(head: ResponseHead): void {
    this.status = head.status
    this.responded(head)
  }

  protected readAnswers(head: ResponseHead): void {
    const eventHasId = () => {
      this.hasEventIds = true
    }
    this.#readAnswer = createAnswerReader(head, (answer) => this.answered(answer), eventHasId)
  }

  responseBody(chunk: Uint8Array): void {
    this.#readAnswer?.(chunk)
  }

  end(): void {
    if (this.session !== undefined) this.place.sessions.leave(this.session, isSuccess(this.status))
  }
}

class PostListener extends McpListener {
  readonly wantsUnsentBody: boolean
  readonly #post = createPost(
    (call, status, answer) => this.#tell(call, status, answer),
    (calls) => this.#accept(calls),
  )
  readonly #conversation: Conversation | undefined
  readonly #unsessioned: UnsessionedPost | undefined
  readonly #deletionsBefore: number
  #newSession: string | undefined
  #isProven = false

  constructor(place: Place) {
    super(place)
    this.wantsUnsentBody = place.exchange.side === 'client'
    this.#deletionsBefore = place.sessions.deletions
    if (this.session === undefined) {
      this.#unsessioned = new UnsessionedPost(place.unsessioned, place.exchange, place.endpoint)
      return
    }
    this.session.conversation ??= new Conversation(place.budget)
    this.#conversation = this.session.conversation
    this.#conversation.enter(this.#post)
  }

  requestBody(chunk: Uint8Array): void {
    this.#post.push(chunk)
  }

  requestEnd(): void {
    this.#post.read()
  }

  #accept(calls: readonly Call[]): boolean {
    if (!this.place.isMarked && evidenceIn(calls) === 'other') return false
    this.prove()
    this.#isProven = true
    for (const { cancels } of calls) {
      if (cancels === undefined) continue
      if (this.#conversation) this.#conversation.cancel(cancels)
      else this.#unsessioned?.cancel(cancels)
    }
    this.#unsessioned?.begin(calls, this.#post.requests)
    return true
  }

  #tell(call: Call, status: Status, answer: Answer | undefined): void {
    const { count, endpoint, names, sessions } = this.place
    const name = serverNameIn(call, answer)
    if (name !== undefined) names.learn(endpoint, name)
    if (call.method === 'initialize' && status === 'ok' && this.#newSession !== undefined) {
      sessions.begin(this.#newSession, name, this.#deletionsBefore)
    }
    count(call, status, answer, name ?? (this.session === undefined ? names.of(endpoint) : this.session.server))
  }

  protected override responded(head: ResponseHead): void {
    this.readAnswers(head)
    this.#newSession = keyOf(this.place.endpoint, head.header(SESSION_HEADER))
    if (this.session === undefined) return
    if (isSuccess(head.status)) this.place.sessions.revive(this.session)
    else if (head.status === 404) this.place.sessions.end(this.session)
  }

  protected override answered(answer: Answer): void {
    if (this.place.isMarked) this.prove()
    if (this.#post.answer(answer) || this.#isProven || !answer.isInitialized) return
    this.prove()
    this.#isProven = true
    this.#tell(INITIALIZE, 'ok', answer)
  }

  override end(): void {
    this.#post.read()
    this.#settle()
    this.#unsessioned?.end()
    if (this.session?.conversation?.isEmpty) this.session.conversation = undefined
    super.end()
  }

  #settle(): void {
    const { status, place } = this
    const isRefused = status >= 400
    // A redirect: the client sends the message again, to where it is then counted.
    if (status === 307 || status === 308) this.#post.drop()
    else if (isRefused) this.#post.end('error')
    else if (status === 0 && !this.#post.hasBody && place.isMarked && this.wantsUnsentBody) {
      this.#tell(readUnseenCall(place.exchange), 'none', undefined)
    }
    if (this.#conversation) this.#conversation.leave(this.#post, this.hasEventIds && this.session?.isOpen === true)
    else this.#post.end('none')
  }
}

/**
 * A POST of JSON whose head has nothing of MCP. Some servers take an `initialize` whose client accepts no event streams:
 * it shows in a response that gives a session, and only that is read.
 */
class UnlikelyPostListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #shared: Shared
  readonly #deletionsBefore: number
  responseBody?: (chunk: Uint8Array) => void

  constructor(exchange: Exchange, shared: Shared) {
    this.#exchange = exchange
    this.#shared = shared
    this.#deletionsBefore = shared.sessions.deletions
  }

  response(head: ResponseHead): void {
    if (!isSuccess(head.status)) return
    const id = head.header(SESSION_HEADER)
    if (id === undefined) return
    const read = createAnswerReader(
      head,
      (answer) => this.#answered(answer, id),
      () => {},
    )
    if (read !== undefined) this.responseBody = read
  }

  #answered(answer: Answer, id: string): void {
    if (!answer.isInitialized || answer.isError) return
    const { count, names, sessions } = this.#shared
    const endpoint = endpointOf(this.#exchange)
    const { serverName } = answer
    this.#exchange.protocol = 'mcp'
    if (serverName !== undefined) names.learn(endpoint, serverName)
    const key = keyOf(endpoint, id)
    if (key !== undefined) sessions.begin(key, serverName, this.#deletionsBefore)
    count(INITIALIZE, 'ok', answer, serverName)
  }

  end(): void {}
}

/** GET and DELETE carry no messages: they are MCP when the session is one, or the answer is an MCP server's. */
class ControlListener extends McpListener {
  protected override responded(head: ResponseHead): void {
    const { sessions, exchange } = this.place
    const isStream = exchange.method === 'GET' && isSuccess(head.status) && isEventStream(head)
    if (head.status >= 400 || (isStream && this.session)) this.readAnswers(head)
    if (this.session !== undefined || this.#isAnswer(head)) this.prove()
    if (this.sessionKey !== undefined && exchange.method === 'DELETE') {
      if (isSuccess(head.status) || (head.status === 404 && this.session)) sessions.delete(this.sessionKey)
    } else if (this.session !== undefined && isSuccess(head.status)) {
      sessions.revive(this.session)
    }
  }

  #isAnswer(head: ResponseHead): boolean {
    if (head.status === 405) return true
    if (!isSuccess(head.status)) return false
    return this.place.exchange.method === 'DELETE' || isEventStream(head)
  }

  protected override answered(answer: Answer): void {
    this.prove()
    if (this.status < 400) this.session?.conversation?.answer(answer)
    // Of a GET, 404 may mean that there is no such route; as a JSON-RPC error it speaks of the session.
    else if (this.status === 404 && this.session !== undefined) this.place.sessions.end(this.session)
  }
}
