import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { hasPeerLeft } from '../connection-end.ts'
import type { IncomingRequest, Outcome, ResponseHead } from '../exchange.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { headerOfIncoming } from '../headers.ts'
import { SYMBOLS, symbolOf } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { privateSlot } from '../private-slot.ts'
import { subscribeAll } from '../subscriptions.ts'
import { socketOf } from './session.ts'
import { type Http2Tap, tapStream } from './taps.ts'

interface StreamMessage {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
}

/**
 * Requests that `http2` servers of this process serve over HTTP/2: those of 22.15.0 and 24.0.0 do not tell, for want of
 * these channels. What a server pushes was no request, and is left out.
 */
export function watchHttp2Server(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return subscribeAll({
    'http2.server.stream.created': ({ stream, headers }: StreamMessage) => {
      const { id, session } = stream
      if (id === undefined || id % 2 === 0 || session === undefined) return
      const socket = socketOf(session)
      if (socket?.server && ignored.has(socket.server)) return
      const exchange = new Http2Exchange(stream, headers, socket)
      if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
    },
    // In spite of its name: the response's head has been sent.
    'http2.server.stream.finish': ({ stream }: StreamMessage) => exchanges.get(stream)?.head(),
    // Either end has closed the stream, or both have said all; the app may still have to read what arrived.
    'http2.server.stream.close': ({ stream }: StreamMessage) => exchanges.get(stream)?.closed(),
  })
}

const exchanges = privateSlot<Http2Exchange>()

class Http2Exchange extends ExchangeRecord implements Http2Tap {
  readonly side = 'server'
  override readonly socket: Socket | undefined
  /** As the request came: the compatibility API's request writes what an app sets into Node's own headers. */
  readonly method: string
  readonly target: string
  readonly host: string
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  #isFinished = false
  #isCutHere = false

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket | undefined) {
    super()
    this.#stream = stream
    this.#headers = headers
    this.socket = socket
    this.method = headers[':method'] ?? ''
    this.target = headers[':path'] ?? ''
    this.host = headers[':authority'] ?? headers.host ?? ''
  }

  /** The compatibility API's request, where the server uses that. */
  override get incoming(): IncomingRequest {
    return requestOf(this.#stream) ?? this.#stream
  }

  header(name: string): string | undefined {
    const request = requestOf(this.#stream)
    // Middleware removes and sets fields of `request.headers`.
    return request === undefined ? joined(this.#headers[name]) : headerOfIncoming(request.rawHeaders, name)
  }

  watch(): void {
    const stream = this.#stream
    tapStream(stream, this)
    exchanges.set(stream, this)
  }

  received(chunk: Uint8Array): void {
    this.requestChunk(chunk)
  }

  receivedEnd(): void {
    this.requestEnd()
  }

  sent(chunk: Uint8Array | string, encoding: unknown): void {
    this.responseChunk(chunk, encoding)
  }

  closing(error: unknown): void {
    // A session that the client ended with an error takes its streams along.
    const isOfClient = (error as NodeJS.ErrnoException | null | undefined)?.code === 'ERR_HTTP2_SESSION_ERROR'
    if (!this.socket?.destroyed && !isOfClient) this.#isCutHere = true
  }

  stayedOpen(): void {
    this.#isCutHere = false
  }

  head(): void {
    const { sentHeaders } = this.#stream
    const status = Number(sentHeaders?.[':status'])
    if (this.hasResponse || !(status >= 200)) return
    this.response({ status, header: (name) => joined(sentHeaders[name]) } satisfies ResponseHead)
    // A tunnel: what follows is not HTTP.
    if (this.method === 'CONNECT' && status < 300) this.end('complete')
    else if (this.#isFinished) this.fixEndTime()
  }

  /** All of the response has been sent; before its head, where there can be no body (HEAD). */
  sentEnd(): void {
    this.#isFinished = true
    if (this.hasResponse) this.fixEndTime()
  }

  /** Node sends a file past the stream, whose writable side it takes the end from. */
  get #isFile(): boolean {
    return Object.hasOwn(this.#stream, '_final')
  }

  /** A request of which the app leaves something unread keeps its stream, whose exchange is over all the same. */
  closed(): void {
    this.head()
    this.fixEndTime()
    if (this.#isWhole) this.#end('complete')
  }

  destroyed(): void {
    this.closed()
    this.#end(this.#isCutHere && !hasPeerLeft(this.socket ?? null) ? 'error' : 'aborted')
  }

  /** HTTP/2 knows whether the last frame was sent, until the stream is destroyed; its writable side may know it later. */
  get #isWhole(): boolean {
    if (!this.hasResponse) return false
    return (this.#isFinished && !this.#stream.aborted) || this.#stream.state.localClose === 1
  }

  #end(outcome: Outcome): void {
    if (this.#isFile) {
      const length = Number(this.#stream.sentHeaders?.['content-length'])
      this.responseBytes = outcome === 'complete' ? length : Number.NaN
    }
    this.end(outcome)
  }
}

const joined = (value: unknown) =>
  value === undefined ? undefined : Array.isArray(value) ? value.join(', ') : String(value)

let requestKey: symbol | undefined

/** The compatibility API leaves its request on the stream, under a symbol of its own. */
function requestOf(stream: ServerHttp2Stream): Http2ServerRequest | undefined {
  requestKey ??= symbolOf(stream, SYMBOLS.http2StreamRequest)
  if (requestKey === undefined) return undefined
  return (stream as unknown as Record<symbol, Http2ServerRequest | null | undefined>)[requestKey] ?? undefined
}
