import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { createAnswerReader, isEventStream } from './answer-reader.ts'
import { type Budget, Conversation } from './conversation.ts'
import type { Answer, Call } from './json-rpc.ts'
import { endpointOf, isMarked, isSuccess, SESSION_HEADER } from './place.ts'
import { createPost } from './post.ts'
import { type CountCall, isKnownMethod, type Status } from './requests.ts'
import { createServerNames, type ServerNames } from './server-names.ts'
import type { Session, Sessions } from './sessions.ts'

/**
 * MCP over Streamable HTTP, from either end: POST carries messages, GET opens the server's own stream, DELETE ends the
 * session.
 *
 * A request is looked at when its head may be MCP's, and taken for MCP when its body, or the answer, proves it.
 */
export function watchStreamableHttp(count: CountCall, sessions: Sessions, budget: Budget) {
  const shared = { count, sessions, budget, names: createServerNames() }

  return (exchange: Exchange): ExchangeListener | undefined => {
    const { method } = exchange
    if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return undefined
    const accept = exchange.header('accept') ?? ''
    const acceptsStream = accept.includes('text/event-stream')
    if (method === 'GET' && !acceptsStream) return undefined
    const marked = isMarked(exchange)
    const acceptsBoth = acceptsStream && accept.includes('application/json')
    if (!marked && !(method === 'POST' && acceptsBoth)) return undefined
    const place = { ...shared, exchange, isMarked: marked, endpoint: endpointOf(exchange) }
    return method === 'POST' ? new PostListener(place) : new ControlListener(place)
  }
}

/** Longer paths and ids than these are nobody's session. */
const MAX_KEY = 2048

/** Two servers do not share a session, so that one's 404 is no word on the other's. */
function keyOf(endpoint: string, id: string | undefined): string | undefined {
  if (id === undefined || id === '' || id.length + endpoint.length >= MAX_KEY) return undefined
  return `${endpoint} ${id}`
}

interface Place {
  readonly exchange: Exchange
  readonly isMarked: boolean
  readonly endpoint: string
  readonly count: CountCall
  readonly sessions: Sessions
  readonly budget: Budget
  readonly names: ServerNames
}

/** What GET, POST and DELETE have in common: they are exchanges of a session, and have a response. */
abstract class McpListener implements ExchangeListener {
  protected readonly place: Place
  protected readonly session: Session | undefined
  /** 0 before the response. */
  protected status = 0
  /** What the response's events may be resumed after. */
  protected hasEventIds = false
  #readAnswer: ((chunk: Uint8Array) => void) | undefined

  constructor(place: Place) {
    this.place = place
    const key = keyOf(place.endpoint, place.exchange.header(SESSION_HEADER))
    this.session = key === undefined ? undefined : place.sessions.enter(key)
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
  readonly #post = createPost(
    (call, status, answer) => this.#tell(call, status, answer),
    (calls) => this.#accept(calls),
  )
  readonly #conversation: Conversation | undefined
  #newSession: string | undefined

  constructor(place: Place) {
    super(place)
    if (this.session === undefined) return
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
    if (!this.place.isMarked && !calls.some(({ method }) => isKnownMethod(method))) return false
    this.prove()
    for (const { cancels } of calls) if (cancels !== undefined) this.#conversation?.cancel(cancels)
    return true
  }

  #tell(call: Call, status: Status, answer: Answer | undefined): void {
    const { count, endpoint, names, sessions } = this.place
    const name = answer?.serverName
    if (name !== undefined) names.learn(endpoint, name)
    if (call.method === 'initialize' && status === 'ok' && this.#newSession !== undefined) {
      sessions.begin(this.#newSession, name)
    }
    count(call, status, answer, name ?? this.session?.server ?? names.of(endpoint))
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
    this.#post.answer(answer)
  }

  override end(): void {
    this.#post.read()
    this.#settle()
    if (this.session?.conversation?.isEmpty) this.session.conversation = undefined
    super.end()
  }

  #settle(): void {
    const { status } = this
    const isRefused = status >= 400
    // A redirect: the client sends the message again, to where it is then counted.
    if (status === 307 || status === 308) this.#post.drop()
    else if (isRefused) this.#post.end('error')
    if (this.#conversation) this.#conversation.leave(this.#post, this.hasEventIds && this.session?.isOpen === true)
    else this.#post.end('none')
  }
}

/** GET and DELETE carry no messages: they are MCP when the session is one, or the answer is an MCP server's. */
class ControlListener extends McpListener {
  protected override responded(head: ResponseHead): void {
    const { sessions, exchange } = this.place
    const isStream = exchange.method === 'GET' && isSuccess(head.status) && isEventStream(head)
    if (head.status >= 400 || (isStream && this.session)) this.readAnswers(head)
    if (this.session !== undefined || this.#isAnswer(head)) this.prove()
    if (this.session === undefined) return
    if (exchange.method === 'DELETE') {
      if (isSuccess(head.status) || head.status === 404) sessions.end(this.session)
    } else if (isSuccess(head.status)) {
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
