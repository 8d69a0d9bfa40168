import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft, isBroken } from './endings.ts'
import type { Outcome, ResponseHead, WireObserver } from './exchange.ts'
import { guarded } from './guard.ts'
import { headerOfOutgoing } from './headers.ts'
import { type MessageTap, tapIncoming, tapOutgoing } from './message-taps.ts'
import { RefusalHead, refusalOf } from './refusals.ts'
import { RequestExchange } from './request-exchange.ts'
import { stamp } from './stamp.ts'
import { subscribeAll } from './subscriptions.ts'

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
 * The end is the response's `close` event: `http.server.response.finish` is silent about aborts. An exchange whose
 * request is still arriving when its response has ended (the app answered early) ends when that has arrived, or the
 * connection is gone.
 */
export function watchHttpServer(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return subscribeAll({
    'http.server.request.start': ({ request, response, socket, server }: RequestStart) => {
      if (ignored.has(server)) return
      const exchange = new ServerExchange(request, response, socket)
      if (!exchange.ask(observers(), 'serverExchange')) return
      exchange.watch()
      // Its response waits for that of a request before it.
      if (socket._httpMessage) pipelineOf(socket).add(exchange)
    },
  })
}

class ServerExchange extends RequestExchange implements MessageTap {
  readonly #response: ServerResponse
  #outcome: Outcome | undefined
  #stopWaiting: (() => void) | undefined

  constructor(request: IncomingMessage, response: ServerResponse, socket: HttpSocket) {
    super(request, socket)
    this.#response = response
  }

  watch(): void {
    if (!tapIncoming(this.incoming, this)) this.requestBytes = Number.NaN
    tapOutgoing(this.#response, this)
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
    if (!this.responded && this.#response.headersSent) this.response(new SentHead(this.#response))
  }

  outgoingClosed(): void {
    if (this.#outcome !== undefined) return
    this.stamp()
    this.#head()
    // Node 22 calls a response finished too when its last bytes could not be sent.
    const isSent = this.#response.writableFinished && !isBroken(this.socket)
    this.#outcome = isSent ? 'complete' : hasPeerLeft(this.socket) ? 'aborted' : 'error'
    // Node answers by itself what it cannot read of a request, and past the response.
    const isAnswering = (this.socket as HttpSocket)._httpMessage === this.#response
    const refusal = isAnswering && !this.responded ? refusalOf(this.socket) : undefined
    if (refusal !== undefined) {
      this.response(new RefusalHead(refusal))
      this.#outcome = 'error'
    }
    if (this.incoming.complete || this.socket.destroyed) this.end(this.#outcome)
    else this.#awaitRequest()
  }

  /** Rare: the app answered before the request had arrived. */
  #awaitRequest(): void {
    const onClose = guarded(() => this.end(this.#outcome ?? 'error'))
    this.socket.once('close', onClose)
    // The connection may go on, and wait for many requests in its life.
    this.#stopWaiting = () => this.socket.off('close', onClose)
  }

  override end(outcome: Outcome): void {
    this.#stopWaiting?.()
    pipelines.of(this.socket)?.delete(this)
    super.end(outcome)
  }
}

/** The exchanges of a connection that queued behind others, until they end. */
const pipelines = stamp<Set<ServerExchange>>()

/**
 * Not every version of Node closes the responses that still wait when a connection is gone; one listener a connection,
 * as a client may pipeline many requests.
 */
function pipelineOf(socket: Socket): Set<ServerExchange> {
  const known = pipelines.of(socket)
  if (known !== undefined) return known
  const pipeline = new Set<ServerExchange>()
  pipelines.put(socket, pipeline)
  socket.once(
    'close',
    guarded(() => {
      for (const exchange of pipeline) exchange.outgoingClosed()
    }),
  )
  return pipeline
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
