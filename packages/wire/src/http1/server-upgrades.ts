import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import type { Outcome, ResponseHead } from '../exchange.ts'
import { isIgnored } from '../ignored-servers.ts'
import { type SocketInternals, SYMBOLS, symbolOf } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'
import { type SocketWriteListener, tapWrites, untapWrites } from '../socket-writes.ts'
import { subscribeAll } from '../subscriptions.ts'
import { RequestExchange } from './request-exchange.ts'
import { createResponseHeadParser } from './response-head.ts'
import { onUpgrade, tapParserFinish } from './upgrade-tap.ts'

/**
 * Watches the upgrades and CONNECT requests that servers of this process get. The app writes the responses to these on
 * the socket itself.
 *
 * An exchange whose response grants the request (101, or 2xx to CONNECT) ends with the response's head, because what
 * follows is not HTTP. An exchange whose response refuses it ends with the response.
 *
 * @returns a function that stops watching; exchanges that are open are observed to their end
 */
export function watchServerUpgrades(observers: () => readonly WireObserver[]): () => void {
  const stopUpgrades = onUpgrade((request, socket) => {
    if (isHandledEarly(socket)) return
    const { server } = socket as Socket & SocketInternals
    if (!server || isIgnored(server)) return
    const exchange = new UpgradeExchange(request, socket)
    if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
  })
  const stopConnections = subscribeAll({ 'net.server.socket': () => tapParserFinish() })
  return () => {
    stopConnections()
    stopUpgrades()
  }
}

/**
 * Whether the app got the upgrade before the request's body had arrived, as it may from Node 26 on. By the time at which
 * the parser has finished, the app may have written its response already, so that the response cannot be known.
 */
const isHandledEarly = (socket: Socket) => symbolOf(socket, SYMBOLS.upgradeStream) !== undefined

class UpgradeExchange extends RequestExchange implements SocketWriteListener, DestructionListener {
  readonly #headParser = createResponseHeadParser()
  /** Length of the response's body in bytes; infinite while it is unknown, or when the body ends with the connection. */
  #bodyLength = Number.POSITIVE_INFINITY

  constructor(request: IncomingMessage, socket: Socket) {
    super(request, socket)
    // Node does not parse the body of an upgrade request: it is part of what the app reads from the socket.
    const hasBody = Number(this.header('content-length') ?? 0) !== 0 || this.header('transfer-encoding') !== undefined
    if (hasBody) this.requestBytes = Number.NaN
  }

  watch(): void {
    this.requestEnd()
    tapWrites(this.socket, this)
    onDestroyed(this.socket, this)
  }

  streamDestroyed(): void {
    this.end(this.socket.errored || !this.hasResponse ? this.#cutOutcome() : 'complete')
  }

  #cutOutcome(): Outcome {
    return hasPeerLeft(this.socket) ? 'aborted' : 'error'
  }

  socketWrote(chunk: Uint8Array | string, encoding: unknown): void {
    if (this.hasResponse) this.#bodyChunk(chunk, encoding)
    else this.#headChunk(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk)
  }

  #headChunk(chunk: Uint8Array): void {
    const head = this.#headParser.push(chunk)
    if (head === undefined) return
    this.response(head)
    if (head.status === 101 || (this.method === 'CONNECT' && head.status < 300)) {
      this.end('complete')
    } else {
      this.#setBodyLength(head)
      this.#bodyChunk(head.bodyStart, undefined)
    }
  }

  #setBodyLength(head: ResponseHead): void {
    const length = head.header('content-length')
    // The framing of a chunked body would be counted as well.
    if (head.header('transfer-encoding') !== undefined) this.responseBytes = Number.NaN
    else if (this.method === 'HEAD' || head.status === 204 || head.status === 304) this.#bodyLength = 0
    else if (length !== undefined) this.#bodyLength = Number(length)
  }

  #bodyChunk(chunk: Uint8Array | string, encoding: unknown): void {
    if (this.#bodyLength > 0) this.responseChunk(chunk, encoding)
    if (this.responseBytes >= this.#bodyLength) this.end('complete')
  }

  override end(outcome: Outcome): void {
    untapWrites(this.socket)
    offDestroyed(this.socket, this)
    super.end(outcome)
  }
}
