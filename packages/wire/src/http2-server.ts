import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { hasPeerLeft } from './endings.ts'
import type { Incoming, Outcome, ResponseHead, WireObserver } from './exchange.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { guarded } from './guard.ts'
import { type Http2Tap, tapStream } from './http2-taps.ts'
import { stamp } from './stamp.ts'
import { subscribeAll } from './subscriptions.ts'

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
      const socket = socketOf(session as ServerHttp2Session)
      if (socket?.server && ignored.has(socket.server)) return
      const exchange = new Http2Exchange(stream, headers, socket)
      if (exchange.ask(observers(), 'serverExchange')) exchange.watch()
    },
    // In spite of its name: the response's head has been sent.
    'http2.server.stream.finish': ({ stream }: StreamMessage) => exchanges.of(stream)?.head(),
  })
}

const exchanges = stamp<Http2Exchange>()
const streamFinished = guarded(function (this: ServerHttp2Stream) {
  exchanges.of(this)?.finished()
})
const streamClosed = guarded(function (this: ServerHttp2Stream) {
  exchanges.of(this)?.closed()
})

class Http2Exchange extends ExchangeRecord implements Http2Tap {
  readonly side = 'server'
  override readonly socket: Socket | undefined
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  #isFinished = false
  #isCutHere = false

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket | undefined) {
    super()
    this.#stream = stream
    this.#headers = headers
    this.socket = socket
  }

  get method(): string {
    return this.#headers[':method'] ?? ''
  }

  get target(): string {
    return this.#headers[':path'] ?? ''
  }

  get host(): string {
    return this.#headers[':authority'] ?? this.#headers.host ?? ''
  }

  /** The compatibility API's request, where the server uses that. */
  override get incoming(): Incoming {
    return requestOf(this.#stream) ?? this.#stream
  }

  header(name: string): string | undefined {
    return joined(this.#headers[name])
  }

  watch(): void {
    const stream = this.#stream
    tapStream(stream, this)
    exchanges.put(stream, this)
    stream.on('finish', streamFinished).on('close', streamClosed)
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

  head(): void {
    const { sentHeaders } = this.#stream
    const status = Number(sentHeaders?.[':status'])
    if (this.responded || !(status >= 200)) return
    this.response({ status, header: (name) => joined(sentHeaders[name]) } satisfies ResponseHead)
    // A tunnel: what follows is not HTTP.
    if (this.method === 'CONNECT' && status < 300) this.end('complete')
    else if (this.#isFinished) this.stamp()
  }

  /** All of the response has been sent; before its head, where there can be no body (HEAD), or the body is a file. */
  finished(): void {
    this.#isFinished = true
    if (this.responded && !this.#isFile) this.stamp()
  }

  /** Node sends a file past the stream, whose writable side it takes the end from. */
  get #isFile(): boolean {
    return Object.hasOwn(this.#stream, '_final')
  }

  closed(): void {
    this.stamp()
    this.head()
    const outcome = this.#outcome()
    if (this.#isFile) {
      const length = Number(this.#stream.sentHeaders?.['content-length'])
      this.responseBytes = outcome === 'complete' ? length : Number.NaN
    }
    this.end(outcome)
  }

  #outcome(): Outcome {
    const { aborted, rstCode, writableFinished } = this.#stream
    const isWhole = this.#isFile ? rstCode === 0 : writableFinished && !aborted
    if (this.responded && isWhole) return 'complete'
    return this.#isCutHere && !hasPeerLeft(this.socket ?? null) ? 'error' : 'aborted'
  }
}

const joined = (value: unknown) =>
  value === undefined ? undefined : Array.isArray(value) ? value.join(', ') : String(value)

type ServerSocket = Socket & { readonly server?: Server | null }
const sockets = stamp<ServerSocket>()

/** A session's own socket: what it shows is a proxy that throws once the session is over. Methods return what they are of. */
function socketOf(session: ServerHttp2Session): ServerSocket | undefined {
  const known = sockets.of(session)
  if (known !== undefined) return known
  const socket = session.socket.off('error', socketOf)
  sockets.put(session, socket)
  return socket
}

let requestKey: symbol | undefined

/** The compatibility API leaves its request on the stream, under a symbol of its own. */
function requestOf(stream: ServerHttp2Stream): Http2ServerRequest | undefined {
  requestKey ??= Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'request')
  if (requestKey === undefined) return undefined
  return (stream as unknown as Record<symbol, Http2ServerRequest | null | undefined>)[requestKey] ?? undefined
}
