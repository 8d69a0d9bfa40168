import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft } from './endings.ts'
import type { Outcome, ResponseHead, WireObserver } from './exchange.ts'
import { guarded } from './guard.ts'
import { headerOfIncoming, headerOfOutgoing } from './headers.ts'
import { MessageExchange, tapIncoming, tapOutgoing } from './message-taps.ts'
import { subscribeAll } from './subscriptions.ts'
import { countUnread } from './unread-body.ts'

interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

/**
 * Requests that `http` and `https` servers of this process serve.
 *
 * The end is the response's `close` event: `http.server.response.finish` is silent about aborts. An exchange whose
 * request is still arriving when its response has ended (the app answered early) ends when that has arrived, or the
 * connection is gone.
 */
export function watchHttpServer(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return subscribeAll({
    'http.server.request.start': ({ request, response, socket, server }: RequestStart) => {
      if (ignored.has(server)) return
      const exchange = new ServerExchange(request, response, socket)
      if (exchange.ask(observers(), 'serverExchange')) exchange.watch()
    },
  })
}

class ServerExchange extends MessageExchange {
  readonly side = 'server'
  override readonly incoming: IncomingMessage
  override readonly socket: Socket
  readonly #response: ServerResponse
  #outcome: Outcome | undefined
  #stopWaiting: (() => void) | undefined

  constructor(request: IncomingMessage, response: ServerResponse, socket: Socket) {
    super()
    this.incoming = request
    this.socket = socket
    this.#response = response
  }

  get method(): string {
    return this.incoming.method ?? ''
  }

  get target(): string {
    return this.incoming.url ?? ''
  }

  get host(): string {
    return this.header('host') ?? ''
  }

  header(name: string): string | undefined {
    return headerOfIncoming(this.incoming, name)
  }

  watch(): void {
    tapIncoming(this.incoming, this)
    if (this.wantsResponse) tapOutgoing(this.#response, this)
    this.#response.on(
      'close',
      guarded(() => this.#responseClosed()),
    )
  }

  override incomingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.requestChunk(chunk, encoding)
  }

  override incomingEnded(): void {
    this.requestEnd()
    if (this.#outcome !== undefined) this.end(this.#outcome)
  }

  override outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.#head()
    this.responseChunk(chunk, encoding)
  }

  override outgoingEnded(): void {
    this.#head()
  }

  #head(): void {
    if (!this.responded && this.#response.headersSent) this.response(new SentHead(this.#response))
  }

  #responseClosed(): void {
    this.stamp()
    this.#head()
    this.#outcome = this.#response.writableFinished ? 'complete' : hasPeerLeft(this.socket) ? 'aborted' : 'error'
    if (this.incoming.complete || this.socket.destroyed) this.end(this.#outcome)
    else this.#awaitRequest()
  }

  /** Rare: the app answered before the request had arrived. */
  #awaitRequest(): void {
    const stopCounting = countUnread(this.incoming, this.socket, (chunk) => this.requestChunk(chunk))
    if (stopCounting === undefined) this.requestBytes = Number.NaN
    const onClose = guarded(() => this.end(this.#outcome ?? 'error'))
    this.socket.once('close', onClose)
    this.#stopWaiting = () => {
      stopCounting?.()
      // The connection may go on, and wait for many requests in its life.
      this.socket.off('close', onClose)
    }
  }

  override end(outcome: Outcome): void {
    this.#stopWaiting?.()
    super.end(outcome)
  }
}

/** A response's head as it was sent: `writeHead` may send fields that `getHeader` does not know. */
class SentHead implements ResponseHead {
  readonly status: number
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.status = response.statusCode
    this.#response = response
  }

  header(name: string): string | undefined {
    return headerOfOutgoing(this.#response, name)
  }
}
