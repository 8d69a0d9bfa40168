import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft, isBroken, isWriteBroken } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import type { Outcome, ResponseHead } from '../exchange.ts'
import { fieldOfHead, headOfOutgoing } from '../headers.ts'
import { isIgnored } from '../ignored-servers.ts'
import type { OutgoingMessageInternals, SocketInternals } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { once } from '../once.ts'
import { subscribeAll } from '../subscriptions.ts'
import { type IncomingListener, tapIncoming } from './incoming-tap.ts'
import { type Notified, type OutgoingListener, outgoingListenerOf, tapOutgoing, untapOutgoing } from './outgoing-tap.ts'
import { ErrorResponseHead, errorStatusOf } from './refused-requests.ts'
import { RequestExchange } from './request-exchange.ts'

/** What the channels `http.server.*` publish. */
interface ServerMessage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

/**
 * Watches the requests that `http` and `https` servers of this process serve, and those that clients send over HTTP/1 to
 * an `http2` server (`allowHTTP1`).
 *
 * An exchange ends when its response has been sent, or else with its connection. If the app responds before the whole
 * request has arrived, the exchange ends when the request has, or with the connection.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
 */
export function watchHttpServer(observers: () => readonly WireObserver[]): () => void {
  subscribeFinish()
  return subscribeAll({
    'http.server.request.start': ({ request, response, socket, server }: ServerMessage) => {
      if (isIgnored(server)) return
      const exchange = new ServerExchange(request, response, socket)
      if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
    },
  })
}

/** This subscription stays for good: exchanges that are open when their observer is removed are observed to their end. */
const subscribeFinish = once(() => {
  subscribeAll({
    // Node does not publish responses that were cut short.
    'http.server.response.finish': ({ response }: ServerMessage) => {
      const listener = outgoingListenerOf(response)
      if (listener instanceof ServerExchange) listener.responseFinished()
    },
  })
})

/** Node's own method, or that of an agent that was there first. */
const { writeHead } = http.ServerResponse.prototype

class ServerExchange extends RequestExchange implements IncomingListener, OutgoingListener, DestructionListener {
  notified: Notified = 'nothing'
  hadHead = false
  readonly #response: ServerResponse
  /** Set when the response has ended, although the exchange may still wait for the request to arrive. */
  #outcome: Outcome | undefined

  constructor(request: IncomingMessage, response: ServerResponse, socket: Socket) {
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
    if (!this.hasResponse) this.#reportWrittenHead()
    this.responseChunk(chunk, encoding)
  }

  outgoingEnded(): void {
    if (!this.hasResponse) this.#reportWrittenHead()
  }

  /**
   * Reports the head after a call of `write` or `end`. If it was Node that made the head within this call, no code of the
   * app's has run since, and `statusCode` is the status that was sent. Reading the status from the head would make V8 join
   * the pieces of the head once more.
   */
  #reportWrittenHead(): void {
    const response = this.#response
    if (this.hadHead || response.writeHead !== writeHead) this.#reportHead()
    else this.#reportHead(response.statusCode)
  }

  #reportHead(status?: number): void {
    if (this.hasResponse) return
    const head = headOfOutgoing(this.#response)
    if (head !== undefined) this.response(new SentHead(head, status ?? statusOf(head)))
  }

  /** The system has taken the whole response. Node 22 publishes this even if the last bytes could not be sent. */
  responseFinished(): void {
    if (this.#outcome !== undefined) return
    this.fixEndTime()
    this.#reportHead()
    this.#outcome = isBroken(this.socket) ? this.#cutOutcome() : 'complete'
    if (this.incoming.complete) this.end(this.#outcome)
  }

  /** The connection is gone, possibly before pipelining let this response have its turn. */
  streamDestroyed(): void {
    if (this.#outcome === undefined) {
      this.fixEndTime()
      // `writeHead` makes a head, which waits for the body: if none came, the head was never sent.
      if ((this.#response as ServerResponse & OutgoingMessageInternals)._headerSent !== false) this.#reportHead()
      this.#outcome = this.#response.writableFinished && !isWriteBroken(this.socket) ? 'complete' : this.#cutOutcome()
      this.#reportErrorResponse()
    }
    this.end(this.#outcome)
  }

  #cutOutcome(): Outcome {
    return hasPeerLeft(this.socket) ? 'aborted' : 'error'
  }

  /** Node bypasses the app's response when it cannot read the rest of the request, and writes an error response itself. */
  #reportErrorResponse(): void {
    const isCurrent = (this.socket as Socket & SocketInternals)._httpMessage === this.#response
    const status = isCurrent && !this.hasResponse ? errorStatusOf(this.socket) : undefined
    if (status === undefined) return
    this.response(new ErrorResponseHead(status))
    this.#outcome = 'error'
  }

  override end(outcome: Outcome): void {
    offDestroyed(this.socket, this)
    untapOutgoing(this.#response)
    super.end(outcome)
  }
}

/** Returns the status, which follows `HTTP/1.1 `. */
const statusOf = (head: string) => Number(head.slice(9, 12))

/** A response's head as it was sent, whatever the app has set on the response since. */
class SentHead implements ResponseHead {
  readonly status: number
  readonly #head: string

  constructor(head: string, status: number) {
    this.status = status
    this.#head = head
  }

  header(name: string): string | undefined {
    return fieldOfHead(this.#head, name)
  }
}
