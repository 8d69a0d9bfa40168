import type { Server, Socket } from 'node:net'
import { setImmediate as tick } from 'node:timers/promises'
import {
  type Exchange,
  type ExchangeListener,
  ignoreServer,
  type Outcome,
  observe,
  onFault,
  type ResponseHead,
} from './index.ts'

/** What was heard of one exchange. */
export interface Heard extends Exchange {
  status: number | undefined
  responseHeader(name: string): string | undefined
  requestText: string
  requestEnds: number
  responseText: string
  ends: number
  outcome: Outcome | undefined
  error: Error | undefined
}

/** An observer that writes down all that it hears of one side. */
export class Journal {
  readonly exchanges: Heard[] = []
  readonly sockets: Socket[] = []
  readonly faults: unknown[] = []
  readonly stop: () => void
  readonly ignore = ignoreServer
  #closed = 0
  #throws = false

  /** @param bodies whether bodies are wanted, or just their sizes */
  constructor(side: 'server' | 'client', { bodies = false } = {}) {
    const listen = (exchange: Exchange) => this.#listen(exchange, bodies)
    onFault((fault) => this.faults.push(fault))
    this.stop = observe({
      ...(side === 'server' ? { serverExchange: listen } : { clientExchange: listen }),
      connection: (socket: Socket, _server: Server) => {
        this.sockets.push(socket)
        return { end: () => void this.#closed++ }
      },
    })
  }

  throwEverywhere(): void {
    this.#throws = true
  }

  /** Waits until so many exchanges have begun. */
  began = (count: number) => this.#when(() => this.exchanges.length >= count)

  /** Waits until so many exchanges have ended; gives them in the order in which they began. */
  async ended(count: number): Promise<Heard[]> {
    await this.#when(() => this.exchanges.filter(({ ends }) => ends > 0).length >= count)
    return this.exchanges
  }

  /** Waits until so many connections have been accepted and so many of them have ended. */
  connections = (accepted: number, ended: number) =>
    this.#when(() => this.sockets.length === accepted && this.#closed === ended)

  async #when(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 20_000
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`did not come to hold: ${JSON.stringify(this.exchanges)}`)
      await tick()
    }
  }

  #listen(exchange: Exchange, bodies: boolean): ExchangeListener {
    const heard = exchange as Heard
    Object.assign(heard, { status: undefined, requestText: '', requestEnds: 0, responseText: '', ends: 0 })
    this.exchanges.push(heard)
    const disturb = () => {
      if (this.#throws) throw new Error('a fault of ours')
    }
    return {
      countBytes: true,
      ...(bodies && {
        requestBody(chunk: Uint8Array) {
          heard.requestText += Buffer.from(chunk).toString('latin1')
          disturb()
        },
        responseBody(chunk: Uint8Array) {
          heard.responseText += Buffer.from(chunk).toString('latin1')
          disturb()
        },
      }),
      requestEnd() {
        heard.requestEnds++
        disturb()
      },
      response(head: ResponseHead) {
        heard.status = head.status
        heard.responseHeader = (name) => head.header(name)
        disturb()
      },
      end(outcome, error) {
        heard.ends++
        heard.outcome = outcome
        heard.error = error
        disturb()
      },
    }
  }
}
