import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { createBodyCollector } from '@agentgateway-otel/wire'
import { createAnswerReader, isEventStream } from './answer-reader.ts'
import { createJsonOutline } from './json-outline.ts'
import { type Answer, readMessages } from './json-rpc.ts'
import { createPendingCalls } from './pending-calls.ts'
import { type CountCall, isKnownMethod } from './requests.ts'
import { createServerNames, type ServerNames } from './server-names.ts'
import type { Session, Sessions } from './sessions.ts'

/**
 * MCP servers of this process that are reached over Streamable HTTP: POST carries messages, GET opens the server's own
 * stream, DELETE ends the session.
 *
 * A request is looked at when its head may be MCP's, and taken for MCP when its body, or the answer, proves it.
 */
export function serveStreamableHttp(count: CountCall, sessions: Sessions) {
  const names = createServerNames()

  return (exchange: Exchange): ExchangeListener | undefined => {
    const { method } = exchange
    if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return undefined
    const accept = exchange.header('accept') ?? ''
    const acceptsStream = accept.includes('text/event-stream')
    if (method === 'GET' && !acceptsStream) return undefined
    const isMarked = HEADERS.some((name) => exchange.header(name) !== undefined)
    const acceptsBoth = acceptsStream && accept.includes('application/json')
    if (!isMarked && !(method === 'POST' && acceptsBoth)) return undefined
    const place = { exchange, isMarked, sessions, endpoint: endpointOf(exchange) }
    return method === 'POST' ? new PostListener(place, count, names) : new ControlListener(place)
  }
}

/** Nobody but a client of MCP sends these. */
const HEADERS = ['mcp-session-id', 'mcp-protocol-version', 'mcp-method'] as const
const SESSION_HEADER = 'mcp-session-id'

/** The listening port and the path. */
function endpointOf({ target, socket }: Exchange): string {
  const query = target.indexOf('?')
  return `${socket?.localPort ?? ''}${query === -1 ? target : target.slice(0, query)}`
}

/** Longer paths and ids than these are nobody's session. */
const MAX_KEY = 2048

/** Two servers of one process do not share a session, so that one's 404 is no word on the other's. */
function keyOf(endpoint: string, id: string | undefined): string | undefined {
  if (id === undefined || id === '' || id.length + endpoint.length >= MAX_KEY) return undefined
  return `${endpoint} ${id}`
}

interface Place {
  readonly exchange: Exchange
  readonly isMarked: boolean
  readonly sessions: Sessions
  readonly endpoint: string
}

const isSuccess = (status: number) => status >= 200 && status < 300

/** What GET, POST and DELETE have in common: they are exchanges of a session, and have a response. */
abstract class McpListener implements ExchangeListener {
  protected readonly place: Place
  protected readonly session: Session | undefined
  /** 0 before the response. */
  protected status = 0
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
    this.#readAnswer = createAnswerReader(head, (answer) => this.answered(answer))
  }

  responseBody(chunk: Uint8Array): void {
    this.#readAnswer?.(chunk)
  }

  end(): void {
    if (this.session !== undefined) this.place.sessions.leave(this.session, isSuccess(this.status))
  }
}

class PostListener extends McpListener {
  readonly #body = createBodyCollector(MAX_BODY_OUTLINE)
  readonly #outline = createJsonOutline(this.#body.push, BODY_DEPTH)
  readonly #names: ServerNames
  readonly #calls
  #isRead = false
  #newSession: string | undefined

  constructor(place: Place, count: CountCall, names: ServerNames) {
    super(place)
    this.#names = names
    this.#calls = createPendingCalls((call, status, answer) => {
      if (call.method === 'initialize' && status === 'ok') this.#initialized(answer?.serverName)
      count(call, status, answer?.serverName ?? this.session?.server ?? names.of(place.endpoint))
    })
  }

  requestBody(chunk: Uint8Array): void {
    this.#outline.push(chunk)
  }

  requestEnd(): void {
    this.#read()
  }

  /** Of a body that has not arrived whole, nothing can be read: the next who needs it tries again. */
  #read(): void {
    if (this.#isRead) return
    const { calls, answers } = readMessages(this.#body.text() ?? '')
    this.#isRead = calls.length + answers.length > 0
    if (!this.#isRead || !(this.place.isMarked || calls.some(({ method }) => isKnownMethod(method)))) return
    this.prove()
    this.#calls.add(calls)
  }

  protected override responded(head: ResponseHead): void {
    this.readAnswers(head)
    this.#newSession = keyOf(this.place.endpoint, head.header(SESSION_HEADER))
    if (this.session === undefined) return
    if (isSuccess(head.status)) this.place.sessions.revive(this.session)
    else if (head.status === 404) this.place.sessions.end(this.session)
  }

  protected override answered(answer: Answer): void {
    // A server may answer as soon as it has the last byte, before the request's end is told.
    this.#read()
    if (this.place.isMarked) this.prove()
    this.#calls.answer(answer)
  }

  #initialized(serverName: string | undefined): void {
    if (serverName !== undefined) this.#names.learn(this.place.endpoint, serverName)
    if (this.#newSession !== undefined) this.place.sessions.begin(this.#newSession, serverName)
  }

  override end(): void {
    this.#read()
    this.#calls.end(this.status >= 400 ? 'error' : 'none')
    super.end()
  }
}

/** A message and its `params`. */
const BODY_DEPTH = 2

/** A body whose outline is longer is not read, in bytes. */
const MAX_BODY_OUTLINE = 1024 * 1024

/** GET and DELETE carry no messages: they are MCP when the session is one, or the answer is an MCP server's. */
class ControlListener extends McpListener {
  protected override responded(head: ResponseHead): void {
    const { sessions, exchange } = this.place
    if (head.status >= 400) this.readAnswers(head)
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

  protected override answered(): void {
    this.prove()
    // Of a GET, 404 may mean that there is no such route; as a JSON-RPC error it speaks of the session.
    if (this.status === 404 && this.session !== undefined) this.place.sessions.end(this.session)
  }
}
