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

/** One exchange, with all that its listener got. */
export interface JournalEntry extends Exchange {
  status: number | undefined
  responseHeader(name: string): string | undefined
  requestText: string
  requestEnds: number
  responseText: string
  ends: number
  outcome: Outcome | undefined
  error: Error | undefined
}

/** An observer that records all exchanges of one side, and all accepted connections. */
export class Journal {
  readonly exchanges: JournalEntry[] = []
  readonly sockets: Socket[] = []
  readonly faults: unknown[] = []
  readonly stop: () => void
  readonly ignore = ignoreServer
  #closed = 0
  #throws = false

  /** @param bodies whether to ask for the bodies, or just for their sizes */
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

  /** Makes every callback of the listeners throw from now on. */
  throwEverywhere(): void {
    this.#throws = true
  }

  /** Waits until so many exchanges have begun. */
  began = (count: number) => this.#until(() => this.exchanges.length >= count)

  /** Waits until so many exchanges have ended. Returns all, in the order in which they began. */
  async ended(count: number): Promise<JournalEntry[]> {
    await this.#until(() => this.exchanges.filter(({ ends }) => ends > 0).length >= count)
    return this.exchanges
  }

  /** Waits until so many connections have been accepted and so many of them have ended. */
  connections = (accepted: number, ended: number) =>
    this.#until(() => this.sockets.length === accepted && this.#closed === ended)

  async #until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 20_000
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`still waiting: ${JSON.stringify(this.exchanges)}`)
      await tick()
    }
  }

  #listen(exchange: Exchange, bodies: boolean): ExchangeListener {
    const entry = exchange as JournalEntry
    Object.assign(entry, { status: undefined, requestText: '', requestEnds: 0, responseText: '', ends: 0 })
    this.exchanges.push(entry)
    const throwIfAsked = () => {
      if (this.#throws) throw new Error('a fault of ours')
    }
    return {
      countBytes: true,
      ...(bodies && {
        requestBody(chunk: Uint8Array) {
          entry.requestText += Buffer.from(chunk).toString('latin1')
          throwIfAsked()
        },
        responseBody(chunk: Uint8Array) {
          entry.responseText += Buffer.from(chunk).toString('latin1')
          throwIfAsked()
        },
      }),
      requestEnd() {
        entry.requestEnds++
        throwIfAsked()
      },
      response(head: ResponseHead) {
        entry.status = head.status
        entry.responseHeader = (name) => head.header(name)
        throwIfAsked()
      },
      end(outcome, error) {
        entry.ends++
        entry.outcome = outcome
        entry.error = error
        throwIfAsked()
      },
    }
  }
}
