import http, { type ClientRequest, type IncomingMessage, type OutgoingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { parseAbsoluteForm } from '../absolute-form.ts'
import { hasPeerLeft, isAbort } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import type { Outcome, ResponseHead } from '../exchange.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { guarded } from '../guard.ts'
import { headerOfIncoming, headerOfOutgoing, headOfOutgoing } from '../headers.ts'
import { mimic } from '../mimic.ts'
import type { ClientRequestInternals, ClientRequestPrototype, SocketInternals } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { subscribeAll } from '../subscriptions.ts'
import { type IncomingListener, tapIncoming } from './incoming-tap.ts'
import { type Notified, type OutgoingListener, outgoingListenerOf, tapOutgoing, untapOutgoing } from './outgoing-tap.ts'
import { onUpgrade, tapParserFinish } from './upgrade-tap.ts'

/**
 * Watches the requests that this process makes with `http` and `https`.
 *
 * An exchange ends when its response has arrived, with the error of its request, or with its connection. If the app
 * destroys a request before it has a connection, the exchange ends then.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
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

/** These subscriptions stay for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEvents = once(() => {
  subscribeAll({
    // In spite of its name, this channel publishes a request whose head and body have been handed to the connection.
    'http.client.request.start': ({ request }: { request: ClientRequest & ClientRequestInternals }) => {
      exchangeOf(request)?.watchConnection()
      if (request.parser) tapParserFinish(request.parser)
    },
    // In spite of its name, this channel publishes a response whose head has arrived and whose body has not.
    'http.client.response.finish': ({ request, response }: { request: ClientRequest; response: IncomingMessage }) =>
      exchangeOf(request)?.responseStarted(response),
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: Error }) =>
      exchangeOf(request)?.failed(error),
  })
  onUpgrade((response, socket) => {
    const { _httpMessage: request } = socket as Socket & SocketInternals
    if (request) exchangeOf(request)?.upgraded(response, socket)
  })
})

function exchangeOf(request: OutgoingMessage): ClientExchange | undefined {
  const listener = outgoingListenerOf(request)
  return listener instanceof ClientExchange ? listener : undefined
}

/**
 * Taps two methods of all requests, for ends that no channel reports: the app destroys a request before it has a
 * connection (`destroy`), or the agent finds none for it, for example because a proxy refuses it (`onSocket`).
 */
const tapRequests = once(() => {
  const prototype = http.ClientRequest.prototype as unknown as ClientRequestPrototype
  const { destroy, onSocket } = prototype
  const destroying = guarded((request: ClientRequest, error: unknown) => exchangeOf(request)?.destroying(error))
  const unconnected = guarded((request: ClientRequest, error: Error) => exchangeOf(request)?.failed(error))
  prototype.destroy = function (error) {
    destroying(this, error)
    return destroy.call(this, error)
  }
  mimic(prototype.destroy, destroy)
  if (typeof onSocket !== 'function') return
  prototype.onSocket = function (socket, error) {
    if (error) unconnected(this, error)
    return onSocket.call(this, socket, error)
  }
  mimic(prototype.onSocket, onSocket)
})

class ClientExchange extends ExchangeRecord implements IncomingListener, OutgoingListener, DestructionListener {
  readonly side = 'client'
  notified: Notified = 'nothing'
  hadHead = false
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #connection: Socket | undefined

  constructor(request: ClientRequest) {
    super()
    this.#request = request
  }

  /** The channel is published by the request's constructor. */
  override get isInCallerContext(): boolean {
    return true
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

  /**
   * Method and path as they were sent; undefined before. Until then the app may change `method` and `path` of the
   * request; afterwards it may still set them, but to no effect.
   */
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

  /** Watches for the end of the request's connection. Does nothing while the request has none. */
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

  /** The response's head has arrived. */
  responseStarted(response: IncomingMessage): void {
    this.watchConnection()
    this.#response = response
    if (!tapIncoming(response, this)) this.responseBytes = Number.NaN
    this.#reportHead(response)
  }

  #reportHead({ statusCode = 0, rawHeaders }: IncomingMessage): ResponseHead {
    const head: ResponseHead = { status: statusCode, header: (name) => headerOfIncoming(rawHeaders, name) }
    this.response(head)
    return head
  }

  incomingChunk(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  incomingEnded(): void {
    this.end('complete')
  }

  /** The connection has left HTTP: what follows the response's head is the app's own protocol. */
  upgraded(response: IncomingMessage, socket: Socket): void {
    const { statusCode = 0 } = response
    // A proxy's refusal of a CONNECT has a body, which Node leaves for the app to read from the socket.
    if (statusCode !== 101 && !(statusCode >= 200 && statusCode < 300)) this.responseBytes = Number.NaN
    const head = this.#reportHead(response)
    this.openWebSocket(socket, head)
    this.end('complete')
  }

  /** The app destroys the request. Its connection, if it has one, is destroyed with it. */
  destroying(error: unknown): void {
    if (this.#request.destroyed) return
    if (this.#request.socket) this.watchConnection()
    else this.failed(error instanceof Error ? error : undefined)
  }

  streamDestroyed(): void {
    if (this.#response?.complete) this.end('complete')
    else this.failed(this.#connection?.errored ?? this.#response?.errored ?? this.#resetError())
  }

  /**
   * If the peer closed the connection, an error like the one that Node emits for the response. Node makes its own only
   * later, when the connection emits `close`.
   */
  #resetError(): Error | undefined {
    if (!hasPeerLeft(this.#request.socket)) return undefined
    return Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  }

  failed(error: Error | undefined): void {
    const isCutByApp = !hasPeerLeft(this.#request.socket) && (isAbort(error) || isReset(error))
    this.end(isCutByApp ? 'aborted' : 'error', error)
  }

  override end(outcome: Outcome, error?: Error): void {
    this.#unwatchConnection()
    untapOutgoing(this.#request)
    super.end(outcome, error)
  }
}

/** Whether an error is the one that Node reports when either side cuts the connection. */
const isReset = (error: NodeJS.ErrnoException | undefined) => error?.code === 'ECONNRESET'
