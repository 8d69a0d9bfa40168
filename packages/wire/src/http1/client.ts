import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { parseAbsoluteForm } from '../absolute-form.ts'
import { hasPeerLeft, isAbort } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { guarded } from '../guard.ts'
import { headerOfIncoming, headerOfOutgoing, headOfOutgoing } from '../headers.ts'
import { mimic } from '../mimic.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { subscribeAll } from '../subscriptions.ts'
import { type IncomingListener, type Parser, tapIncoming } from './incoming-tap.ts'
import { type OutgoingListener, outgoingListenerOf, tapOutgoing } from './outgoing-tap.ts'
import { onUpgrade, tapParserFinish } from './upgrade-tap.ts'

/**
 * Requests that this process makes with `http` and `https`.
 *
 * An exchange ends when its response has arrived, or with the request's error, or with the connection. A request that the
 * app gives up before it has a connection ends with that.
 */
export function watchHttpClient(observers: () => readonly WireObserver[]): () => void {
  tapRequests()
  subscribeEvents()
  return subscribeAll({
    'http.client.request.created': ({ request }: { request: ClientRequest }) => {
      const exchange = new ClientExchange(request)
      if (exchange.offerTo(observers(), 'clientExchange')) exchange.watch()
    },
  })
}

/** Once in a process, and for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    // In spite of its name: the request was handed to its connection, head and body.
    'http.client.request.start': ({ request }: { request: ClientRequest & { readonly parser?: Parser | null } }) => {
      exchangeOf(request)?.watchConnection()
      if (request.parser) tapParserFinish(request.parser)
    },
    // In spite of its name: the response's head is here, its body is not.
    'http.client.response.finish': ({ request, response }: { request: ClientRequest; response: IncomingMessage }) =>
      exchangeOf(request)?.responseBegan(response),
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: Error }) =>
      exchangeOf(request)?.failed(error),
  })
  onUpgrade(({ incoming, socket }) => {
    const { _httpMessage: request } = (socket ?? {}) as { _httpMessage?: ClientRequest | null }
    if (incoming && request) exchangeOf(request)?.upgraded(incoming)
  })
})

function exchangeOf(request: ClientRequest): ClientExchange | undefined {
  const exchange = outgoingListenerOf(request)
  return exchange instanceof ClientExchange ? exchange : undefined
}

type OnSocket = (this: ClientRequest, socket: Socket | null | undefined, error?: Error | null) => unknown

/**
 * Taps two methods of all requests, once in a process, for ends that no channel reports: the app aborts a request before
 * it has a connection (`destroy`), or the agent gives it none, e.g. because of a proxy's refusal (`onSocket`).
 */
const tapRequests = once(() => {
  const prototype = http.ClientRequest.prototype as Omit<ClientRequest, 'onSocket'> & { onSocket: OnSocket }
  const { destroy, onSocket } = prototype
  const destroying = guarded((request: ClientRequest, error: unknown) => exchangeOf(request)?.destroying(error))
  const refused = guarded((request: ClientRequest, error: Error) => exchangeOf(request)?.failed(error))
  prototype.destroy = function (error) {
    destroying(this, error)
    return destroy.call(this, error)
  }
  prototype.onSocket = function (socket, error) {
    if (error) refused(this, error)
    return onSocket.call(this, socket, error)
  }
  mimic(prototype.destroy, destroy)
  mimic(prototype.onSocket, onSocket)
})

class ClientExchange extends ExchangeRecord implements IncomingListener, OutgoingListener, DestructionListener {
  readonly side = 'client'
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #connection: Socket | undefined

  constructor(request: ClientRequest) {
    super()
    this.#request = request
  }

  get method(): string {
    return this.#requestLine()?.[0] ?? this.#request.method
  }

  get target(): string {
    const path = this.#path
    return parseAbsoluteForm(path)?.path ?? path
  }

  get host(): string {
    return parseAbsoluteForm(this.#path)?.host ?? this.header('host') ?? this.#request.host
  }

  get #path(): string {
    return this.#requestLine()?.[1] ?? this.#request.path
  }

  /** Method and path as they were sent. The app may change both of the request until then, and in vain afterwards. */
  #requestLine(): string[] | undefined {
    const head = headOfOutgoing(this.#request)
    return head?.slice(0, head.indexOf('\r\n')).split(' ')
  }

  header(name: string): string | undefined {
    return headerOfOutgoing(this.#request, name)
  }

  watch(): void {
    tapOutgoing(this.#request, this)
  }

  /** From the moment on at which the request has a connection. */
  watchConnection(): void {
    const { socket } = this.#request
    if (!socket || socket === this.#connection) return
    this.#unwatchConnection()
    this.#connection = socket
    onDestroyed(socket, this)
  }

  #unwatchConnection(): void {
    if (this.#connection !== undefined) offDestroyed(this.#connection, this)
  }

  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.watchConnection()
    this.requestChunk(chunk, encoding)
  }

  outgoingEnded(): void {
    this.requestEnd()
  }

  responseBegan(response: IncomingMessage): void {
    this.watchConnection()
    this.#response = response
    if (!tapIncoming(response, this)) this.responseBytes = Number.NaN
    this.#responded(response)
  }

  #responded({ statusCode = 0, rawHeaders }: IncomingMessage): void {
    this.response({ status: statusCode, header: (name) => headerOfIncoming(rawHeaders, name) })
  }

  incomingChunk(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  incomingEnded(): void {
    this.end('complete')
  }

  /** The connection is no longer HTTP: what follows the response's head is the app's. */
  upgraded(response: IncomingMessage): void {
    const { statusCode = 0 } = response
    // A proxy's refusal of a CONNECT has a body, which Node leaves to the app.
    if (statusCode !== 101 && !(statusCode >= 200 && statusCode < 300)) this.responseBytes = Number.NaN
    this.#responded(response)
    this.end('complete')
  }

  /** The app destroys the request. Its connection, if it has one, is destroyed with it. */
  destroying(error: unknown): void {
    if (this.#request.destroyed) return
    if (this.#request.socket) this.watchConnection()
    else this.failed(error instanceof Error ? error : undefined)
  }

  streamDestroyed(): void {
    const { errored } = this.#request as ClientRequest & { errored?: Error | null }
    if (this.#response?.complete) this.end('complete')
    else this.failed(this.#connection?.errored ?? errored ?? this.#response?.errored ?? this.#resetError())
  }

  /** What Node will report as the response's error where the other end closed the connection: only later, at its `close`. */
  #resetError(): Error | undefined {
    if (!hasPeerLeft(this.#request.socket)) return undefined
    return Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  }

  failed(error: Error | undefined): void {
    const isCutHere = !hasPeerLeft(this.#request.socket) && (isAbort(error) || isReset(error))
    this.end(isCutHere ? 'aborted' : 'error', error)
  }

  override end(...how: Parameters<ExchangeRecord['end']>): void {
    this.#unwatchConnection()
    super.end(...how)
  }
}

/** Node's error where either end cut the connection; that it was the other one is known by then. */
const isReset = (error: NodeJS.ErrnoException | undefined) => error?.code === 'ECONNRESET'
