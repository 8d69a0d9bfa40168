import type { Socket } from 'node:net'
import { type ContentDecoder, createContentDecoder, MAX_ARRIVING_BYTES } from './bodies/content-decoder.ts'
import type {
  Exchange,
  ExchangeListener,
  IncomingRequest,
  Outcome,
  ResponseHead,
  WebSocketListener,
} from './exchange.ts'
import { fault } from './guard.ts'
import type { WireObserver } from './observer.ts'
import { watchClientSocket } from './websocket/watch-client-socket.ts'

/**
 * Our side of one exchange. Its source, for example the one of HTTP/1 servers, reports here what it sees; the record
 * passes to the listeners what they asked for, and calls `end` exactly once. Listeners run guarded. Reports that are
 * repeated, or come after the end, are not passed on.
 *
 * Each report has a guarded loop of its own. A shared one would need a closure for each chunk of each body.
 */
export abstract class ExchangeRecord implements Exchange {
  abstract readonly side: 'server' | 'client'
  abstract readonly method: string
  abstract readonly target: string
  abstract readonly host: string
  abstract header(name: string): string | undefined
  get incoming(): IncomingRequest | undefined {
    return undefined
  }
  readonly socket: Socket | undefined = undefined
  get isInCallerContext(): boolean {
    return false
  }

  protocol = 'http'
  readonly startMs: number = performance.now()
  endMs = Number.NaN
  requestBytes = 0
  responseBytes = 0

  /** Whether a listener asks for a body that was not sent. */
  wantsUnsentBody = false
  /** Whether a listener asks for the trailers of the response. */
  wantsTrailers = false
  #listeners: readonly ExchangeListener[] = NO_LISTENERS
  #wantsRequestBody = false
  #wantsResponseBody = false
  /** Undefined before the request's first chunk, null if the body is not encoded. */
  #requestDecoder: ContentDecoder | null | undefined
  #responseDecoder: ContentDecoder | undefined
  #hasRequestEnded = false
  #hasResponse = false
  #hasEnded = false

  /**
   * Offers the exchange to the observers, by the callback for its side, and keeps the listeners that they return.
   *
   * @returns whether there is a listener
   */
  offerTo(observers: readonly WireObserver[], callback: 'serverExchange' | 'clientExchange'): boolean {
    const isServer = callback === 'serverExchange'
    for (const observer of observers) {
      try {
        // Two properties with names of their own: V8 looks a computed name up anew for each observer.
        const listener = isServer ? observer.serverExchange?.(this) : observer.clientExchange?.(this)
        if (listener !== undefined) this.#add(listener)
      } catch (error) {
        fault(error)
      }
    }
    return this.#listeners.length > 0
  }

  #add(listener: ExchangeListener): void {
    // An array that grows by `push` has room for seventeen, and most exchanges have one listener.
    this.#listeners = this.#listeners.length === 0 ? [listener] : [...this.#listeners, listener]
    const { wantsUnsentBody = false, requestBody, responseBody } = listener
    this.#wantsRequestBody ||= requestBody !== undefined
    this.#wantsResponseBody ||= responseBody !== undefined
    this.wantsUnsentBody ||= wantsUnsentBody
    this.wantsTrailers ||= listener.trailers !== undefined
  }

  /** Whether the response's head has been reported. */
  get hasResponse(): boolean {
    return this.#hasResponse
  }

  /** A chunk of the request's body, as encoded. A string comes with the encoding that the app passed to `write`. */
  requestChunk(chunk: Uint8Array | string, encoding?: unknown): void {
    this.requestBytes += byteLength(chunk, encoding)
    if (!this.#wantsRequestBody || this.#hasEnded) return
    const bytes = toBytes(chunk, encoding)
    if (this.#requestDecoder === undefined) this.#requestDecoder = this.#createRequestDecoder()
    const decoded = this.#requestDecoder === null ? bytes : this.#requestDecoder.decode(bytes)
    if (decoded.length === 0) return
    for (const listener of this.#listeners) {
      try {
        listener.requestBody?.(decoded)
      } catch (error) {
        fault(error)
      }
    }
  }

  #createRequestDecoder(): ContentDecoder | null {
    const contentEncoding = this.header('content-encoding')
    if (contentEncoding === undefined) return null
    return createContentDecoder(contentEncoding, this.side === 'server' ? MAX_ARRIVING_BYTES : undefined) ?? null
  }

  /** The request has been sent, or has arrived, whole. */
  requestEnd(): void {
    if (this.#hasRequestEnded || this.#hasEnded) return
    this.#hasRequestEnded = true
    for (const listener of this.#listeners) {
      try {
        listener.requestEnd?.()
      } catch (error) {
        fault(error)
      }
    }
  }

  /** The response's head is known. */
  response(head: ResponseHead): void {
    // undici publishes heads of status 1xx as well. Another response follows each of these, except 101.
    if (this.#hasResponse || this.#hasEnded || (head.status < 200 && head.status !== 101)) return
    this.#hasResponse = true
    for (const listener of this.#listeners) {
      try {
        listener.response?.(head)
        this.#wantsResponseBody ||= listener.responseBody !== undefined
      } catch (error) {
        fault(error)
      }
    }
    if (this.#wantsResponseBody) {
      const encoding = head.header('content-encoding')
      if (encoding !== undefined) this.#responseDecoder = createContentDecoder(encoding)
    }
  }

  /** A chunk of the response's body, as encoded. A string comes with the encoding that the app passed to `write`. */
  responseChunk(chunk: Uint8Array | string, encoding?: unknown): void {
    this.responseBytes += byteLength(chunk, encoding)
    if (!this.#wantsResponseBody || this.#hasEnded) return
    const bytes = toBytes(chunk, encoding)
    const decoded = this.#responseDecoder === undefined ? bytes : this.#responseDecoder.decode(bytes)
    if (decoded.length === 0) return
    for (const listener of this.#listeners) {
      try {
        listener.responseBody?.(decoded)
      } catch (error) {
        fault(error)
      }
    }
  }

  /** The trailers of the response have come. */
  trailers(header: (name: string) => string | undefined): void {
    if (this.#hasEnded) return
    for (const listener of this.#listeners) {
      try {
        listener.trailers?.(header)
      } catch (error) {
        fault(error)
      }
    }
  }

  /**
   * The connection has left HTTP with a response that has been reported, and nothing that follows has been read. If the
   * connection is a WebSocket now, its messages go to the listeners that want them.
   */
  openWebSocket(socket: Socket, head: ResponseHead): void {
    if (this.#hasEnded || head.status !== 101 || head.header('upgrade')?.toLowerCase() !== 'websocket') return
    const listeners: WebSocketListener[] = []
    for (const listener of this.#listeners) {
      try {
        const wanted = listener.webSocket?.()
        if (wanted !== undefined) listeners.push(wanted)
      } catch (error) {
        fault(error)
      }
    }
    if (listeners.length > 0) watchClientSocket(socket, head, listeners)
  }

  /** Sets the time of the end, for a source that has to wait for something else before it can call `end`. */
  fixEndTime(): void {
    if (Number.isNaN(this.endMs)) this.endMs = performance.now()
  }

  /** The exchange is over. If `fixEndTime` was not called before, it ended now. */
  end(outcome: Outcome, error?: Error): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.fixEndTime()
    this.#requestDecoder?.close()
    this.#responseDecoder?.close()
    for (const listener of this.#listeners) {
      try {
        listener.end(outcome, error)
      } catch (thrown) {
        fault(thrown)
      }
    }
  }
}

const NO_LISTENERS: readonly ExchangeListener[] = []

/** The second argument of `write` may also be its callback, or missing. */
const asEncoding = (encoding: unknown) => (typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')

const byteLength = (chunk: Uint8Array | string, encoding: unknown) =>
  typeof chunk === 'string' ? Buffer.byteLength(chunk, asEncoding(encoding)) : chunk.byteLength

const toBytes = (chunk: Uint8Array | string, encoding: unknown) =>
  typeof chunk === 'string' ? Buffer.from(chunk, asEncoding(encoding)) : chunk
