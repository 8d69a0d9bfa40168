import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft, isBroken, isWriteBroken } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import type { Outcome, ResponseHead } from '../exchange.ts'
import { fieldOfHead, headOfOutgoing } from '../headers.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { subscribeAll } from '../subscriptions.ts'
import { type IncomingListener, tapIncoming } from './incoming-tap.ts'
import { type OutgoingListener, outgoingListenerOf, tapOutgoing } from './outgoing-tap.ts'
import { ErrorResponseHead, errorStatusOf } from './refused-requests.ts'
import { RequestExchange } from './request-exchange.ts'

/** A connection, with the response that has its turn on it. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null }

interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: HttpSocket
  readonly server: Server
}

/**
 * Requests that `http` and `https` servers of this process serve, also those of clients that speak HTTP/1 with an
 * `http2` server.
 *
 * An exchange ends when its response was sent, or else with its connection. One whose request is still arriving when its
 * response has been sent (the app answered early) ends when that has arrived, or with the connection.
 */
export function watchHttpServer(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  subscribeEndings()
  return subscribeAll({
    'http.server.request.start': ({ request, response, socket, server }: RequestStart) => {
      if (ignored.has(server)) return
      const exchange = new ServerExchange(request, response, socket)
      if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
    },
  })
}

/** Once in a process, and for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeEndings = once(() => {
  subscribeAll({
    // Silent about responses that were cut short.
    'http.server.response.finish': ({ response }: RequestStart) => {
      const exchange = outgoingListenerOf(response)
      if (exchange instanceof ServerExchange) exchange.responseFinished()
    },
  })
})

class ServerExchange extends RequestExchange implements IncomingListener, OutgoingListener, DestructionListener {
  readonly #response: ServerResponse
  /** Known from the end of the response on. */
  #outcome: Outcome | undefined

  constructor(request: IncomingMessage, response: ServerResponse, socket: HttpSocket) {
    super(request, socket)
    this.#response = response
  }

  watch(): void {
    if (!tapIncoming(this.incoming, this)) this.requestBytes = Number.NaN
    tapOutgoing(this.#response, this)
    onDestroyed(this.socket, this)
  }

  incomingChunk(chunk: Uint8Array): void {
    this.requestChunk(chunk)
  }

  incomingEnded(): void {
    this.requestEnd()
    if (this.#outcome !== undefined) this.end(this.#outcome)
  }

  outgoingChunk(chunk: Uint8Array | string, encoding: unknown): void {
    this.#head()
    this.responseChunk(chunk, encoding)
  }

  outgoingEnded(): void {
    this.#head()
  }

  #head(): void {
    if (this.hasResponse) return
    const head = headOfOutgoing(this.#response)
    if (head !== undefined) this.response(new SentHead(head))
  }

  /** The system has all of the response, or Node 22 says so although its last bytes could not be sent. */
  responseFinished(): void {
    if (this.#outcome !== undefined) return
    this.fixEndTime()
    this.#head()
    this.#outcome = isBroken(this.socket) ? this.#cut() : 'complete'
    if (this.incoming.complete) this.end(this.#outcome)
  }

  /** The connection is gone, also for a response that has not had its turn yet. */
  streamDestroyed(): void {
    if (this.#outcome === undefined) {
      this.fixEndTime()
      // A head that `writeHead` made may be waiting for the body, and then was never sent.
      if ((this.#response as ServerResponse & { _headerSent?: boolean })._headerSent !== false) this.#head()
      this.#outcome = this.#response.writableFinished && !isWriteBroken(this.socket) ? 'complete' : this.#cut()
      this.#refused()
    }
    this.end(this.#outcome)
  }

  #cut(): Outcome {
    return hasPeerLeft(this.socket) ? 'aborted' : 'error'
  }

  /** Node answers by itself what it cannot read of a request, and past the response. */
  #refused(): void {
    const isAnswering = (this.socket as HttpSocket)._httpMessage === this.#response
    const refusal = isAnswering && !this.hasResponse ? errorStatusOf(this.socket) : undefined
    if (refusal === undefined) return
    this.response(new ErrorResponseHead(refusal))
    this.#outcome = 'error'
  }

  override end(outcome: Outcome): void {
    offDestroyed(this.socket, this)
    super.end(outcome)
  }
}

/** A response's head as it was sent, whatever the app has set since. */
class SentHead implements ResponseHead {
  readonly status: number
  readonly #head: string

  constructor(head: string) {
    // After `HTTP/1.1 `.
    this.status = Number(head.slice(9, 12))
    this.#head = head
  }

  header(name: string): string | undefined {
    return fieldOfHead(this.#head, name)
  }
}
