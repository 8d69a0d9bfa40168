import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAnswerHead } from './answer-head.ts'
import { hasPeerLeft } from './endings.ts'
import type { Outcome, ResponseHead, WireObserver } from './exchange.ts'
import { guarded } from './guard.ts'
import { watchParserEndings } from './parser-endings.ts'
import { tellRefusal } from './refusals.ts'
import { RequestExchange } from './request-exchange.ts'

/**
 * What leaves HTTP/1 at servers of this process: upgrades and CONNECT, which the app answers on the socket itself, and
 * heads that Node refuses.
 *
 * An exchange that is granted (101, or 2xx to CONNECT) ends with the answer's head: what follows is not HTTP. One that is
 * refused ends with its answer.
 */
export function watchHttpUpgrades(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return watchParserEndings({
    onFinish({ incoming, socket }) {
      if (!incoming?.upgrade || socket === null || isServed(socket)) return
      const { server } = socket as Socket & { server?: Server | null }
      if (!server || ignored.has(server)) return
      const exchange = new UpgradeExchange(incoming, socket)
      if (exchange.ask(observers(), 'serverExchange')) exchange.watch()
    },
    onUnconsume: (parser) => tellRefusal(parser, observers, ignored),
  })
}

/**
 * From 26 on Node hands an upgrade to the app before its body has arrived. By the time the parser is done it may have
 * been answered: nobody knows with what.
 */
const isServed = (socket: Socket) =>
  Object.getOwnPropertySymbols(socket).some(({ description }) => description === 'UpgradeStream')

/** What every write to a socket comes down to, one chunk or several. */
type WriteGeneric = (this: Socket, several: boolean, data: unknown, encoding: unknown, done: unknown) => unknown
interface Written {
  readonly chunk: Uint8Array | string
  readonly encoding: unknown
}

class UpgradeExchange extends RequestExchange {
  readonly #answer = createAnswerHead()
  /** Bytes of the answer's body that are to come. */
  #expected = Number.POSITIVE_INFINITY
  #untap: (() => void) | undefined

  constructor(request: IncomingMessage, socket: Socket) {
    super(request, socket)
    // Node leaves a body, if there is one, to whoever reads what follows.
    const hasBody = Number(this.header('content-length') ?? 0) !== 0 || this.header('transfer-encoding') !== undefined
    if (hasBody) this.requestBytes = Number.NaN
  }

  watch(): void {
    this.requestEnd()
    const { socket } = this
    const written = guarded((several: boolean, data: unknown, encoding: unknown) => {
      if (several) for (const one of data as Written[]) this.#wrote(one.chunk, one.encoding)
      else this.#wrote(data as Uint8Array | string, encoding)
    })
    const onClose = guarded(() => this.end(socket.errored || !this.responded ? this.#cut() : 'complete'))
    socket.once('close', onClose)

    const target = socket as Socket & { _writeGeneric?: WriteGeneric }
    const original = target._writeGeneric
    const own = Object.getOwnPropertyDescriptor(target, '_writeGeneric')
    if (typeof original !== 'function') {
      this.#untap = () => socket.off('close', onClose)
      return
    }
    const tap: WriteGeneric = function (several, data, encoding, done) {
      written(several, data, encoding)
      return original.call(this, several, data, encoding, done)
    }
    // On this socket only, until it has answered, and where nobody who lists its properties sees it.
    Object.defineProperty(target, '_writeGeneric', { value: tap, configurable: true, writable: true })
    this.#untap = () => {
      socket.off('close', onClose)
      if (target._writeGeneric !== tap) return
      if (own) Object.defineProperty(target, '_writeGeneric', own)
      else delete target._writeGeneric
    }
  }

  #cut(): Outcome {
    return hasPeerLeft(this.socket) ? 'aborted' : 'error'
  }

  #wrote(chunk: Uint8Array | string, encoding: unknown): void {
    if (this.responded) this.#body(chunk, encoding)
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
    this.#untap?.()
    super.end(outcome)
  }
}
