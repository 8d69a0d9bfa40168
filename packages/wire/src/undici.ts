import { getCallSites } from 'node:util'
import { parseAbsoluteForm } from './absolute-form.ts'
import { isAbort } from './connection-end.ts'
import type { ResponseHead } from './exchange.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { guarded } from './guard.ts'
import { parseUndiciHeaders } from './headers.ts'
import type { UndiciRequestInternals } from './node-internals.ts'
import type { WireObserver } from './observer.ts'
import { once } from './once.ts'
import { subscribeAll } from './subscriptions.ts'
import { readUnsentBody } from './unsent-body.ts'

/** The request that the channels publish. */
interface UndiciRequest extends UndiciRequestInternals {
  readonly method: string
  readonly path: string
  readonly origin: string | URL
  readonly headers: unknown
}

/** The response that the channels publish with its request. */
interface UndiciResponse {
  readonly statusCode: number
  readonly headers: unknown
}

/**
 * Watches the requests that this process makes with `fetch` or undici, Node's own or npm's.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
 */
export function watchUndici(observers: () => readonly WireObserver[]): () => void {
  subscribeEvents()
  return subscribeAll({
    'undici:request:create': ({ request }: { request: UndiciRequest }) => {
      const exchange = new UndiciExchange(request)
      if (!exchange.offerTo(observers(), 'clientExchange')) return
      exchanges.set(request, exchange)
      exchange.tapMethods()
      if (exchange.wantsUnsentBody) exchange.watchUnsentBody()
    },
  })
}

const exchanges = new WeakMap<UndiciRequest, UndiciExchange>()

/** These subscriptions stay for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    'undici:request:bodyChunkSent': ({ request, chunk }: { request: UndiciRequest; chunk: Uint8Array | string }) => {
      const exchange = exchanges.get(request)
      if (!exchange?.hasTappedMethods) exchange?.requestChunk(chunk)
    },
    'undici:request:bodySent': ({ request }: { request: UndiciRequest }) => {
      exchanges.get(request)?.requestEnd()
    },
    'undici:request:headers': ({ request, response }: { request: UndiciRequest; response: UndiciResponse }) => {
      exchanges.get(request)?.response(new UndiciResponseHead(response))
    },
    'undici:request:bodyChunkReceived': ({ request, chunk }: { request: UndiciRequest; chunk: Uint8Array }) => {
      const exchange = exchanges.get(request)
      if (!exchange?.hasTappedMethods) exchange?.responseChunk(chunk)
    },
    'undici:request:trailers': ({ request }: { request: UndiciRequest }) => {
      exchanges.get(request)?.end('complete')
    },
    'undici:request:error': ({ request, error }: { request: UndiciRequest; error: unknown }) => {
      exchanges.get(request)?.failed(error)
    },
  })
})

/** The function of undici, `lib/web/fetch/index.js`, in which `fetch` dispatches a request. */
const FETCH_DISPATCHER = 'httpNetworkFetch'
/** The function is about the 15th frame; more lie between if the dispatcher has interceptors. */
const MAX_FRAMES = 30

class UndiciExchange extends ExchangeRecord {
  readonly side = 'client'
  /** Whether the request's own methods report the chunks of bodies, in place of the channels. */
  hasTappedMethods = false
  readonly #request: UndiciRequest
  #headers: Map<string, string> | undefined
  #headersLength = 0
  #unsentBody: (() => Uint8Array | undefined) | undefined

  constructor(request: UndiciRequest) {
    super()
    this.#request = request
  }

  get method(): string {
    return this.#request.method
  }

  get target(): string {
    const { path } = this.#request
    return parseAbsoluteForm(path)?.path ?? path
  }

  get host(): string {
    const { origin, path } = this.#request
    const absolute = parseAbsoluteForm(path)
    if (absolute !== undefined) return absolute.host
    return (typeof origin === 'string' ? new URL(origin) : origin).host
  }

  header(name: string): string | undefined {
    const { headers } = this.#request
    const length = (headers as { readonly length?: number } | null)?.length ?? 0
    // Tracing agents add headers after this exchange was offered to the observers.
    if (this.#headers === undefined || length !== this.#headersLength) {
      this.#headers = parseUndiciHeaders(headers)
      this.#headersLength = length
    }
    return this.#headers.get(name)
  }

  /**
   * Whether the stack shows that `fetch` is dispatching its request right now. Then no function of undici's that runs later
   * does it, such as one that takes the next request from the queue of a pool. Requests of `undici.request` and the like
   * cannot be told apart that way.
   */
  override get isInCallerContext(): boolean {
    return getCallSites(MAX_FRAMES, { sourceMap: false }).some(({ functionName }) => functionName === FETCH_DISPATCHER)
  }

  /** Reads the request's body before undici sends it, for the case that it is never sent. */
  watchUnsentBody(): void {
    const { body, contentLength = null } = this.#request
    this.#unsentBody = readUnsentBody({ body, contentLength, header: (name) => this.header(name) })
  }

  /** The request has failed; the app may have aborted it. */
  failed(error: unknown): void {
    const body = this.requestBytes === 0 && !this.hasResponse ? this.#unsentBody?.() : undefined
    if (body !== undefined) {
      this.requestChunk(body)
      this.requestEnd()
    }
    this.end(isAbort(error) ? 'aborted' : 'error', error instanceof Error ? error : undefined)
  }

  /**
   * Taps the methods of the request that get the chunks of bodies, if it has them, as in undici 7 and before. undici
   * publishes the chunks only since 7.12, and Node 22 has undici 6. Where the methods are tapped, the channels of chunks
   * are ignored, so that each chunk is counted once.
   */
  tapMethods(): void {
    const { onData, onBodySent } = this.#request
    if (typeof onData !== 'function' || typeof onBodySent !== 'function') return
    this.hasTappedMethods = true
    const received = guarded((chunk: Uint8Array) => this.responseChunk(chunk))
    const sent = guarded((chunk: Uint8Array | string) => this.requestChunk(chunk))
    this.#request.onData = function (chunk) {
      received(chunk)
      return onData.call(this, chunk)
    }
    this.#request.onBodySent = function (chunk) {
      sent(chunk)
      return onBodySent.call(this, chunk)
    }
  }
}

class UndiciResponseHead implements ResponseHead {
  readonly status: number
  readonly #fields: unknown
  #headers: Map<string, string> | undefined

  constructor({ statusCode, headers }: UndiciResponse) {
    this.status = statusCode
    this.#fields = headers
  }

  header(name: string): string | undefined {
    this.#headers ??= parseUndiciHeaders(this.#fields)
    return this.#headers.get(name)
  }
}
