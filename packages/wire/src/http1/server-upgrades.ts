import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { hasPeerLeft } from '../connection-end.ts'
import { type DestructionListener, offDestroyed, onDestroyed } from '../destruction.ts'
import type { Outcome, ResponseHead } from '../exchange.ts'
import type { WireObserver } from '../observer.ts'
import { type SocketTap, tapWrites, untapWrites } from '../socket-writes.ts'
import { subscribeAll } from '../subscriptions.ts'
import { RequestExchange } from './request-exchange.ts'
import { createResponseHeadParser } from './response-head.ts'
import { onUpgrade, tapParserFinish } from './upgrade-tap.ts'

/**
 * Upgrades and CONNECT at servers of this process, which the app answers on the socket itself.
 *
 * An exchange that is granted (101, or 2xx to CONNECT) ends with the answer's head: what follows is not HTTP. One that is
 * refused ends with its answer.
 */
export function watchServerUpgrades(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  const stopUpgrades = onUpgrade(({ incoming, socket }) => {
    if (incoming === null || socket === null || isServed(socket)) return
    const { server } = socket as Socket & { server?: Server | null }
    if (!server || ignored.has(server)) return
    const exchange = new UpgradeExchange(incoming, socket)
    if (exchange.offerTo(observers(), 'serverExchange')) exchange.watch()
  })
  const stop = subscribeAll({ 'net.server.socket': () => tapParserFinish() })
  return () => {
    stop()
    stopUpgrades()
  }
}

/**
 * From 26 on Node hands an upgrade to the app before its body has arrived. By the time the parser is done it may have
 * been answered: nobody knows with what.
 */
const isServed = (socket: Socket) =>
  Object.getOwnPropertySymbols(socket).some(({ description }) => description === 'UpgradeStream')

class UpgradeExchange extends RequestExchange implements SocketTap, DestructionListener {
  readonly #answer = createResponseHeadParser()
  /** Bytes of the answer's body that are to come. */
  #expected = Number.POSITIVE_INFINITY

  constructor(request: IncomingMessage, socket: Socket) {
    super(request, socket)
    // Node leaves a body, if there is one, to whoever reads what follows.
    const hasBody = Number(this.header('content-length') ?? 0) !== 0 || this.header('transfer-encoding') !== undefined
    if (hasBody) this.requestBytes = Number.NaN
  }

  watch(): void {
    this.requestEnd()
    tapWrites(this.socket, this)
    onDestroyed(this.socket, this)
  }

  streamDestroyed(): void {
    this.end(this.socket.errored || !this.hasResponse ? this.#cut() : 'complete')
  }

  #cut(): Outcome {
    return hasPeerLeft(this.socket) ? 'aborted' : 'error'
  }

  socketWrote(chunk: Uint8Array | string, encoding: unknown): void {
    if (this.hasResponse) this.#body(chunk, encoding)
    else this.#answered(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk)
  }

  #answered(chunk: Uint8Array): void {
    const head = this.#answer.push(chunk)
    if (head === undefined) return
    this.response(head)
    if (head.status === 101 || (this.method === 'CONNECT' && head.status < 300)) {
      this.end('complete')
    } else {
      this.#expectBody(head)
      this.#body(head.rest, undefined)
    }
  }

  #expectBody(head: ResponseHead): void {
    const length = head.header('content-length')
    // Of a body in chunks the framing would be counted too.
    if (head.header('transfer-encoding') !== undefined) this.responseBytes = Number.NaN
    else if (this.method === 'HEAD' || head.status === 204 || head.status === 304) this.#expected = 0
    else if (length !== undefined) this.#expected = Number(length)
  }

  #body(chunk: Uint8Array | string, encoding: unknown): void {
    if (this.#expected > 0) this.responseChunk(chunk, encoding)
    if (this.responseBytes >= this.#expected) this.end('complete')
  }

  override end(outcome: Outcome): void {
    untapWrites(this.socket)
    offDestroyed(this.socket, this)
    super.end(outcome)
  }
}
