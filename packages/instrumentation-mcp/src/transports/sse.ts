import type { Exchange, ExchangeListener, ResponseHead } from '@agentgateway-otel/wire'
import { type Budget, Conversation } from '../conversation.ts'
import { type Answer, type Call, readMessages, serverNameIn } from '../json-rpc.ts'
import type { OpenSessions } from '../open-sessions.ts'
import type { CountCall, Status } from '../request-counter.ts'
import { readUnseenCall } from '../unseen-call.ts'
import { acceptsBoth, isMarked, isSuccess, originOf, SESSION_HEADER } from './endpoint.ts'
import { createPost } from './posted-messages.ts'
import { createEventReader, isEventStream } from './response-reader.ts'

/** A client's stream: open, or ended. */
interface SseStream {
  readonly conversation: Conversation
  server: string | undefined
  endSession: (() => void) | undefined
}

/** By what their POSTs have in common with them. */
interface Streams {
  readonly open: Map<string, SseStream>
  /** The one that ended first comes first. */
  readonly ended: Map<string, SseStream>
}

/** How many streams are followed at a time; others are not seen. */
const MAX_STREAMS = 100_000

/** How many streams are remembered after their end. */
const MAX_ENDED = 10_000

/**
 * MCP over HTTP and SSE (2024-11-05), from either end: a GET opens a stream whose first event says where to POST, and all
 * answers come on the stream.
 */
export function watchSse(count: CountCall, sessions: OpenSessions, budget: Budget) {
  const streams: Streams = { open: new Map(), ended: new Map() }

  function streamOf(exchange: Exchange): SseStream | undefined {
    if (exchange.method !== 'POST') return undefined
    const { open, ended } = streams
    if (open.size + ended.size > 0) {
      const key = keyOf(exchange, exchange.target)
      const stream = open.get(key)
      if (stream !== undefined) return stream
      if (ended.has(key) && !isStreamable(exchange)) return ended.get(key)
    }
    return isOrphan(exchange) ? createEndedStream(budget) : undefined
  }

  return {
    /** Whether this is a POST of a stream, open or gone: to no other transport's business. */
    owns: (exchange: Exchange) => streamOf(exchange) !== undefined,

    exchange(exchange: Exchange): ExchangeListener | undefined {
      const stream = streamOf(exchange)
      if (stream) return new SsePostListener(exchange, stream, count, sessions)
      if (exchange.method !== 'GET' || !exchange.header('accept')?.includes('text/event-stream')) return undefined
      if (exchange.header(SESSION_HEADER) !== undefined) return undefined
      return new SseStreamListener(exchange, streams, budget)
    },
  }
}

/** Whether a POST is one of Streamable HTTP, to the address that a stream had once. */
const isStreamable = (exchange: Exchange) => exchange.header(SESSION_HEADER) !== undefined || acceptsBoth(exchange)

/** What the SDKs' servers call the stream's id in the address of its POSTs. */
const STREAM_ID = /[?&]session_?id=/i

/**
 * Whether this is a POST of a stream that this process has never seen, because it was another process's: a client of MCP
 * sends it, but none of Streamable HTTP, and it names a stream.
 */
const isOrphan = (exchange: Exchange) =>
  STREAM_ID.test(exchange.target) && isMarked(exchange) && !isStreamable(exchange)

function createEndedStream(budget: Budget): SseStream {
  const conversation = new Conversation(budget)
  conversation.end()
  return { conversation, server: undefined, endSession: undefined }
}

/** A query that is as long names the stream, and no other. */
const MIN_UNIQUE_QUERY = 16

/**
 * What the POSTs of a stream have in common with the address that its first event gives. A proxy may have changed host
 * and path on the way, so the query alone decides where it has an id in it.
 */
function keyOf(exchange: Exchange, target: string): string {
  const query = target.indexOf('?')
  return query !== -1 && target.length - query > MIN_UNIQUE_QUERY ? target.slice(query) : originOf(exchange) + target
}

class SseStreamListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #streams: Streams
  readonly #budget: Budget
  #read: ((chunk: Uint8Array) => void) | undefined
  #key: string | undefined
  #stream: SseStream | undefined

  constructor(exchange: Exchange, streams: Streams, budget: Budget) {
    this.#exchange = exchange
    this.#streams = streams
    this.#budget = budget
  }

  response(head: ResponseHead): void {
    if (!isSuccess(head.status) || !isEventStream(head)) return
    this.#read = createEventReader((data, event) => {
      if (this.#stream) this.#hear(this.#stream, data)
      else if (this.#read !== undefined && event === 'endpoint') this.#begin(data)
      // Some other stream of events: it is not read any longer, and what is left of this chunk does not count.
      else this.#read = undefined
    })
  }

  #begin(endpoint: string): void {
    if (this.#streams.open.size >= MAX_STREAMS || !URL.canParse(endpoint, BASE + this.#exchange.target)) return
    const { pathname, search } = new URL(endpoint, BASE + this.#exchange.target)
    this.#key = keyOf(this.#exchange, pathname + search)
    this.#stream = { conversation: new Conversation(this.#budget), server: undefined, endSession: undefined }
    this.#streams.open.set(this.#key, this.#stream)
    this.#exchange.protocol = 'mcp'
  }

  #hear({ conversation }: SseStream, data: string): void {
    for (const answer of readMessages(data).answers) conversation.answer(answer)
  }

  responseBody(chunk: Uint8Array): void {
    this.#read?.(chunk)
  }

  end(): void {
    if (this.#stream === undefined || this.#key === undefined) return
    const { open, ended } = this.#streams
    if (open.get(this.#key) === this.#stream) open.delete(this.#key)
    ended.delete(this.#key)
    ended.set(this.#key, this.#stream)
    if (ended.size > MAX_ENDED) {
      const [first = ''] = ended.keys()
      ended.delete(first)
    }
    this.#stream.conversation.end()
    this.#stream.endSession?.()
  }
}

/** Only the path of what is resolved against it matters. */
const BASE = 'http://localhost'

class SsePostListener implements ExchangeListener {
  readonly wantsUnsentBody: boolean
  readonly #exchange: Exchange
  readonly #stream: SseStream
  readonly #count: CountCall
  readonly #sessions: OpenSessions
  readonly #post = createPost(
    (call, status, answer) => this.#tell(call, status, answer),
    (calls) => this.#accept(calls),
  )
  #status = 0

  constructor(exchange: Exchange, stream: SseStream, count: CountCall, sessions: OpenSessions) {
    this.wantsUnsentBody = exchange.side === 'client'
    this.#exchange = exchange
    this.#stream = stream
    this.#count = count
    this.#sessions = sessions
    exchange.protocol = 'mcp'
    stream.conversation.enter(this.#post)
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

  #accept(calls: readonly Call[]): boolean {
    for (const { cancels } of calls) if (cancels !== undefined) this.#stream.conversation.cancel(cancels)
    return true
  }

  #tell(call: Call, status: Status, answer: Answer | undefined): void {
    const stream = this.#stream
    stream.server = serverNameIn(call, answer) ?? stream.server
    if (call.method === 'initialize' && status === 'ok') stream.endSession ??= this.#sessions.begin()
    this.#count(call, status, answer, stream.server)
  }

  end(): void {
    this.#post.read()
    if (this.#status >= 400) this.#post.end('error')
    else if (this.#status === 0 && !this.#post.hasBody && this.wantsUnsentBody) {
      this.#tell(readUnseenCall(this.#exchange), 'none', undefined)
    }
    this.#stream.conversation.leave(this.#post, isSuccess(this.#status))
  }
}
