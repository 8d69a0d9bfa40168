import { Socket } from 'node:net'
import { getCallSites } from 'node:util'
import { parseAbsoluteForm } from './absolute-form.ts'
import { isAbort } from './connection-end.ts'
import type { Outcome, ResponseHead } from './exchange.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { fault, guarded } from './guard.ts'
import { fieldOfUndici } from './headers.ts'
import { mimic } from './mimic.ts'
import type { UndiciRequestInternals } from './node-internals.ts'
import type { WireObserver } from './observer.ts'
import { once } from './once.ts'
import { PrivateSlot } from './private-slot.ts'
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
      ObservedRequest.set(request, exchange)
      exchange.hasTappedMethods = tapMethods(request)
      if (exchange.header('sec-websocket-key') !== undefined) tapUpgrade(request)
      if (exchange.wantsUnsentBody) exchange.watchUnsentBody()
    },
  })
}

/** The exchange of a request, in a private field: a WeakMap takes longer, and more of the garbage collector's time. */
class ObservedRequest extends PrivateSlot {
  #exchange: UndiciExchange | undefined

  constructor(request: object, exchange: UndiciExchange) {
    super(request)
    this.#exchange = exchange
  }

  static exchangeOf(request: object): UndiciExchange | undefined {
    return #exchange in request ? request.#exchange : undefined
  }

  static set(request: object, exchange: UndiciExchange | undefined): void {
    if (#exchange in request) request.#exchange = exchange
    else if (exchange !== undefined) new ObservedRequest(request, exchange)
  }
}

const { exchangeOf } = ObservedRequest

/** These subscriptions stay for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    'undici:request:bodyChunkSent': ({ request, chunk }: { request: UndiciRequest; chunk: Uint8Array | string }) => {
      const exchange = exchangeOf(request)
      if (!exchange?.hasTappedMethods) exchange?.requestChunk(chunk)
    },
    'undici:request:bodySent': ({ request }: { request: UndiciRequest }) => {
      exchangeOf(request)?.requestEnd()
    },
    'undici:request:headers': ({ request, response }: { request: UndiciRequest; response: UndiciResponse }) => {
      exchangeOf(request)?.response(new UndiciResponseHead(response))
    },
    'undici:request:bodyChunkReceived': ({ request, chunk }: { request: UndiciRequest; chunk: Uint8Array }) => {
      const exchange = exchangeOf(request)
      if (!exchange?.hasTappedMethods) exchange?.responseChunk(chunk)
    },
    'undici:request:trailers': ({ request }: { request: UndiciRequest }) => {
      exchangeOf(request)?.end('complete')
    },
    'undici:request:error': ({ request, error }: { request: UndiciRequest; error: unknown }) => {
      exchangeOf(request)?.failed(error)
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
  #host: string | undefined
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
    this.#host ??= this.#readHost()
    return this.#host
  }

  #readHost(): string {
    const { origin, path } = this.#request
    const absolute = parseAbsoluteForm(path)
    if (absolute !== undefined) return absolute.host
    return typeof origin === 'string' ? hostOf(origin) : origin.host
  }

  /** Tracing agents add headers after this exchange was offered to the observers, so that none are kept. */
  header(name: string): string | undefined {
    return fieldOfUndici(this.#request.headers, name)
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

  /** undici may keep the request for as long as the app keeps the response. */
  override end(outcome: Outcome, error?: Error): void {
    ObservedRequest.set(this.#request, undefined)
    super.end(outcome, error)
  }
}

/** The origin of the last request, and its host: most requests go to where the one before went, and parsing takes microseconds. */
let lastOrigin = ''
let lastHost = ''

function hostOf(origin: string): string {
  if (origin !== lastOrigin) {
    lastHost = new URL(origin).host
    lastOrigin = origin
  }
  return lastHost
}

/** The prototypes of requests of the copies of undici in this process, by whether their methods are tapped. */
const prototypes = new WeakMap<object, boolean>()

/**
 * Taps the methods of all requests that get the chunks of bodies, if requests have them, as in undici 7 and before. undici
 * publishes the chunks only since 7.12, and Node 22 has undici 6. Where the methods are tapped, the channels of chunks are
 * ignored, so that each chunk is counted once.
 *
 * @returns whether the methods of this request are tapped
 */
function tapMethods(request: UndiciRequest): boolean {
  const prototype = Object.getPrototypeOf(request) as UndiciRequestInternals
  const known = prototypes.get(prototype)
  if (known !== undefined) return known
  const { onData, onBodySent } = prototype
  const hasMethods = typeof onData === 'function' && typeof onBodySent === 'function'
  prototypes.set(prototype, hasMethods)
  if (!hasMethods) return false
  prototype.onData = function (chunk) {
    chunkReceived(this, chunk)
    return onData.call(this, chunk)
  }
  prototype.onBodySent = function (chunk) {
    chunkSent(this, chunk)
    return onBodySent.call(this, chunk)
  }
  mimic(prototype.onData, onData)
  mimic(prototype.onBodySent, onBodySent)
  return true
}

/** The prototypes of requests whose upgrades are tapped. */
const upgradable = new WeakSet<object>()

/**
 * Taps the method of all requests that gets the connection when it leaves HTTP: no channel publishes the connection, and undici 7
 * and before publish nothing at all of an upgrade. A process that opens no WebSocket never has this tap.
 */
function tapUpgrade(request: UndiciRequest): void {
  const prototype = Object.getPrototypeOf(request) as UndiciRequestInternals
  if (upgradable.has(prototype)) return
  upgradable.add(prototype)
  for (const name of ['onUpgrade', 'onRequestUpgrade'] as const) {
    const original = prototype[name]
    if (typeof original !== 'function') continue
    const tap: typeof original = function (statusCode, headers, socket, ...rest) {
      upgraded(this, { statusCode, headers }, socket)
      return original.call(this, statusCode, headers, socket, ...rest)
    }
    mimic(tap, original)
    prototype[name] = tap
  }
}

const upgraded = guarded((request: object, response: UndiciResponse, socket: unknown) => {
  const exchange = exchangeOf(request)
  if (exchange === undefined) return
  const head = new UndiciResponseHead(response)
  exchange.response(head)
  if (socket instanceof Socket) exchange.openWebSocket(socket, head)
  exchange.end('complete')
})

function chunkReceived(request: object, chunk: Uint8Array): void {
  try {
    exchangeOf(request)?.responseChunk(chunk)
  } catch (error) {
    fault(error)
  }
}

function chunkSent(request: object, chunk: Uint8Array | string): void {
  try {
    exchangeOf(request)?.requestChunk(chunk)
  } catch (error) {
    fault(error)
  }
}

class UndiciResponseHead implements ResponseHead {
  readonly status: number
  readonly #fields: unknown

  constructor({ statusCode, headers }: UndiciResponse) {
    this.status = statusCode
    this.#fields = headers
  }

  header(name: string): string | undefined {
    return fieldOfUndici(this.#fields, name)
  }
}
