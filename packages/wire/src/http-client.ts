import type { ClientRequest, IncomingMessage } from 'node:http'
import { parseAbsoluteForm } from './absolute-form.ts'
import { hasPeerLeft, isAbort } from './endings.ts'
import type { WireObserver } from './exchange.ts'
import { ExchangeRecord } from './exchange-record.ts'
import { headerOfIncoming, headerOfOutgoing } from './headers.ts'
import { type MessageTap, tapIncoming, tapOutgoing } from './message-taps.ts'
import { subscribeAll } from './subscriptions.ts'

/** Requests that this process makes with `http` and `https`. */
export function watchHttpClient(observers: () => readonly WireObserver[]): () => void {
  const exchanges = new WeakMap<ClientRequest, ClientExchange>()
  return subscribeAll({
    'http.client.request.created': ({ request }: { request: ClientRequest }) => {
      const exchange = new ClientExchange(request)
      if (!exchange.ask(observers(), 'clientExchange')) return
      exchanges.set(request, exchange)
      exchange.watch()
    },
    // In spite of its name: the response's head is here, its body is not.
    'http.client.response.finish': ({ request, response }: { request: ClientRequest; response: IncomingMessage }) => {
      exchanges.get(request)?.responseBegan(response)
    },
    'http.client.request.error': ({ request, error }: { request: ClientRequest; error: Error }) => {
      exchanges.get(request)?.failed(error)
    },
  })
}

class ClientExchange extends ExchangeRecord implements MessageTap {
  readonly side = 'client'
  readonly #request: ClientRequest
  #response: IncomingMessage | undefined
  #error: Error | undefined

  constructor(request: ClientRequest) {
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
    return parseAbsoluteForm(this.#request.path)?.host ?? this.header('host') ?? this.#request.host
  }

  header(name: string): string | undefined {
    return headerOfOutgoing(this.#request, name)
  }

  watch(): void {
    tapOutgoing(this.#request, this)
  }

  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.requestChunk(chunk, encoding)
  }

  outgoingEnded(): void {
    this.requestEnd()
  }

  responseBegan(response: IncomingMessage): void {
    this.#response = response
    if (!tapIncoming(response, this)) this.responseBytes = Number.NaN
    this.response({
      status: response.statusCode ?? 0,
      header: (name) => headerOfIncoming(response, name),
    })
  }

  incomingChunk(chunk: Uint8Array): void {
    this.responseChunk(chunk)
  }

  incomingEnded(): void {
    this.end('complete')
  }

  failed(error: Error): void {
    this.#error = error
  }

  /** The request is closed: after its response, or instead of it. */
  outgoingClosed(): void {
    const { errored, socket } = this.#request as ClientRequest & { errored?: Error | null }
    const error = this.#error ?? errored ?? this.#response?.errored ?? undefined
    if (this.#response?.complete) this.end('complete')
    else if (hasPeerLeft(socket) || !(isAbort(error) || isReset(error))) this.end('error', error)
    else this.end('aborted', error)
  }
}

/** Node's error where either end cut the connection; that it was the other one is known by then. */
const isReset = (error: NodeJS.ErrnoException | undefined) => error?.code === 'ECONNRESET'
