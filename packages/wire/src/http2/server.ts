import type { Http2ServerRequest, Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { hasPeerLeft } from '../connection-end.ts'
import type { IncomingRequest, Outcome } from '../exchange.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { headerOfIncoming } from '../headers.ts'
import { isIgnored } from '../ignored-servers.ts'
import { SYMBOLS, symbolOf } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { subscribeAll } from '../subscriptions.ts'
import { receivedHeader, sentHeader } from './header-fields.ts'
import { publishStreams } from './publish-streams.ts'
import { socketOf } from './session-socket.ts'
import { type Http2StreamListener, streamListenerOf, tapStream } from './stream-tap.ts'

/** What the channels `http2.server.stream.*` publish. */
interface StreamMessage {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  /** Only from `publish-streams.ts`. */
  readonly session?: Http2Session
}

/**
 * Watches the requests that `http2` servers of this process serve over HTTP/2. What a server pushes is not a request.
 *
 * An exchange ends when its response has been sent, or else with its stream.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
 */
export function watchHttp2Server(observers: () => readonly WireObserver[]): () => void {
  publishStreams()
  subscribeEvents()
  return subscribeAll({
    'http2.server.stream.created': ({ stream, headers, session = stream.session }: StreamMessage) => {
      const { id } = stream
      // The streams that a server pushes have even numbers.
      if (id === undefined || id % 2 === 0 || session === undefined) return
      const socket = socketOf(session)
      if (socket?.server && isIgnored(socket.server)) return
      const exchange = new ServerExchange(stream, headers, socket)
      if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
    },
  })
}

/** These subscriptions stay for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    // In spite of its name, this channel publishes a stream whose response's head has been sent.
    'http2.server.stream.finish': ({ stream }: StreamMessage) => exchangeOf(stream)?.reportHead(),
    // Either end has closed the stream, or both have sent their last frames. The app may still have to read the body.
    'http2.server.stream.close': ({ stream }: StreamMessage) => exchangeOf(stream)?.streamClosed(),
  })
})

function exchangeOf(stream: ServerHttp2Stream): ServerExchange | undefined {
  const listener = streamListenerOf(stream)
  return listener instanceof ServerExchange ? listener : undefined
}

class ServerExchange extends ExchangeRecord implements Http2StreamListener {
  readonly side = 'server'
  override readonly socket: Socket | undefined
  /** Kept as received: the compatibility API's request writes what the app sets into the stream's headers. */
  readonly method: string
  readonly target: string
  readonly host: string
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  /** Whether HTTP/2 has taken the whole response. */
  #isSent = false
  /** Whether this process closed the stream while it was open. */
  #isClosedHere = false

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket | undefined) {
    super()
    this.#stream = stream
    this.#headers = headers
    this.socket = socket
    this.method = headers[':method'] ?? ''
    this.target = headers[':path'] ?? ''
    this.host = headers[':authority'] ?? headers.host ?? ''
  }

  override get incoming(): IncomingRequest {
    return requestOf(this.#stream) ?? this.#stream
  }

  header(name: string): string | undefined {
    const request = requestOf(this.#stream)
    // Middleware sets and removes properties of `request.headers`, which are the stream's headers.
    return request === undefined ? receivedHeader(this.#headers, name) : headerOfIncoming(request.rawHeaders, name)
  }

  watch(): void {
    tapStream(this.#stream, this)
    if (this.#stream.closed) this.streamClosed()
  }

  incomingChunk(chunk: Uint8Array): void {
    this.requestChunk(chunk)
  }

  incomingEnded(): void {
    this.requestEnd()
  }

  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.responseChunk(chunk, encoding)
  }

  closing(error: unknown): void {
    // If the client ends a session with an error, its streams are destroyed with this one.
    const isOfClient = (error as NodeJS.ErrnoException | null | undefined)?.code === 'ERR_HTTP2_SESSION_ERROR'
    if (!this.socket?.destroyed && !isOfClient) this.#isClosedHere = true
  }

  closeRefused(): void {
    this.#isClosedHere = false
  }

  /** Reports the head of the response once it has been sent. */
  reportHead(): void {
    const { sentHeaders } = this.#stream
    const status = Number(sentHeaders?.[':status'])
    if (this.hasResponse || !(status >= 200)) return
    this.response({ status, header: (name) => sentHeader(sentHeaders, name) })
    // A tunnel is no longer HTTP: its bytes are the app's.
    if (this.method === 'CONNECT' && status < 300) this.end('complete')
    else if (this.#isSent) this.fixEndTime()
  }

  /** The whole response has been sent. A response that has no body (HEAD) ends before its head is published. */
  outgoingEnded(): void {
    this.#isSent = true
    if (this.hasResponse) this.fixEndTime()
  }

  /** Ends an exchange whose response has been sent, since a stream whose request the app does not read is not destroyed. */
  streamClosed(): void {
    this.reportHead()
    this.fixEndTime()
    if (this.#isComplete) this.#end('complete')
  }

  streamDestroyed(): void {
    this.streamClosed()
    this.#end(this.#isClosedHere && !hasPeerLeft(this.socket ?? null) ? 'error' : 'aborted')
  }

  /**
   * Whether the whole response has been sent. The state of a stream says whether the last frame has been, until the stream
   * is destroyed, and possibly before its writable side has finished.
   */
  get #isComplete(): boolean {
    if (!this.hasResponse) return false
    return (this.#isSent && !this.#stream.aborted) || this.#stream.state.localClose === 1
  }

  #end(outcome: Outcome): void {
    if (this.#isFile) {
      const length = Number(this.#stream.sentHeaders?.['content-length'])
      this.responseBytes = outcome === 'complete' ? length : Number.NaN
    }
    this.end(outcome)
  }

  /** Whether Node sends a file past the writable side of the stream, whose `_final` it has replaced then. */
  get #isFile(): boolean {
    return Object.hasOwn(this.#stream, '_final')
  }
}

let requestKey: symbol | undefined

/** Returns the request of the compatibility API, if the server uses that. Node keeps it on the stream. */
function requestOf(stream: ServerHttp2Stream): Http2ServerRequest | undefined {
  requestKey ??= symbolOf(stream, SYMBOLS.http2StreamRequest)
  if (requestKey === undefined) return undefined
  return (stream as unknown as Record<symbol, Http2ServerRequest | null | undefined>)[requestKey] ?? undefined
}
