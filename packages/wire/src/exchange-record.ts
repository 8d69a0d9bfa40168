import type { Socket } from 'node:net'
import { type ContentDecoder, createContentDecoder, MAX_ARRIVING_BYTES } from './bodies/content-decoder.ts'
import type { Exchange, ExchangeListener, IncomingRequest, Outcome, ResponseHead } from './exchange.ts'
import { fault } from './guard.ts'
import type { WireObserver } from './observer.ts'

/**
 * One exchange as it goes: what its source (an HTTP server, a client) sees goes in, what its listeners asked for comes
 * out, each call guarded, and `end` exactly once.
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

  protocol = 'http'
  readonly startMs: number = performance.now()
  endMs = Number.NaN
  requestBytes = 0
  responseBytes = 0

  wantsRequest = false
  wantsResponse = false
  wantsUnsentBody = false
  #listeners: ExchangeListener[] = []
  #readsRequest = false
  #readsResponse = false
  /** Undefined before the request's first chunk, null for a body that is not encoded. */
  #requestDecoder: ContentDecoder | null | undefined
  #responseDecoder: ContentDecoder | undefined
  #requestEnded = false
  #hasResponse = false
  #ended = false

  /** Asks the observers; false when nobody wants this exchange. */
  offerTo(observers: readonly WireObserver[], callback: 'serverExchange' | 'clientExchange'): boolean {
    for (const observer of observers) {
      try {
        const listener = observer[callback]?.(this)
        if (listener !== undefined) this.#add(listener)
      } catch (error) {
        fault(error)
      }
    }
    return this.#listeners.length > 0
  }

  #add(listener: ExchangeListener): void {
    this.#listeners.push(listener)
    const { countBytes = false, wantsUnsentBody = false, requestBody, responseBody } = listener
    this.#readsRequest ||= requestBody !== undefined
    this.#readsResponse ||= responseBody !== undefined
    this.wantsUnsentBody ||= wantsUnsentBody
    this.wantsRequest ||= countBytes || requestBody !== undefined || listener.requestEnd !== undefined
    this.wantsResponse ||= countBytes || responseBody !== undefined || listener.response !== undefined
  }

  get hasResponse(): boolean {
    return this.#hasResponse
  }

  requestChunk(chunk: Uint8Array | string, encoding?: unknown): void {
    this.requestBytes += byteLength(chunk, encoding)
    if (!this.#readsRequest || this.#ended) return
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

  requestEnd(): void {
    if (this.#requestEnded || this.#ended) return
    this.#requestEnded = true
    for (const listener of this.#listeners) {
      try {
        listener.requestEnd?.()
      } catch (error) {
        fault(error)
      }
    }
  }

  response(head: ResponseHead): void {
    // undici tells of 1xx heads too. Those are no answer, but for 101: what follows it is no HTTP.
    if (this.#hasResponse || this.#ended || (head.status < 200 && head.status !== 101)) return
    this.#hasResponse = true
    for (const listener of this.#listeners) {
      try {
        listener.response?.(head)
        this.#readsResponse ||= listener.responseBody !== undefined
      } catch (error) {
        fault(error)
      }
    }
    if (this.#readsResponse) {
      const encoding = head.header('content-encoding')
      if (encoding !== undefined) this.#responseDecoder = createContentDecoder(encoding)
    }
  }

  responseChunk(chunk: Uint8Array | string, encoding?: unknown): void {
    this.responseBytes += byteLength(chunk, encoding)
    if (!this.#readsResponse || this.#ended) return
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

  /** The time of the end, for a source that has to wait for something else before it may say `end`. */
  fixEndTime(): void {
    if (Number.isNaN(this.endMs)) this.endMs = performance.now()
  }

  end(outcome: Outcome, error?: Error): void {
    if (this.#ended) return
    this.#ended = true
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

/** What `write(chunk, encoding)` takes for an encoding may be its callback. */
const asEncoding = (encoding: unknown) => (typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')

const byteLength = (chunk: Uint8Array | string, encoding: unknown) =>
  typeof chunk === 'string' ? Buffer.byteLength(chunk, asEncoding(encoding)) : chunk.byteLength

const toBytes = (chunk: Uint8Array | string, encoding: unknown) =>
  typeof chunk === 'string' ? Buffer.from(chunk, asEncoding(encoding)) : chunk
