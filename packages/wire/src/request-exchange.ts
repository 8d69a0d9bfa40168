import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { ExchangeRecord } from './exchange-record.ts'
import { headerOfIncoming } from './headers.ts'

/** An exchange at a server whose request came over HTTP/1. */
export abstract class RequestExchange extends ExchangeRecord {
  readonly side = 'server'
  override readonly socket: Socket
  readonly #request: IncomingMessage

  constructor(request: IncomingMessage, socket: Socket) {
    super()
    this.#request = request
    this.socket = socket
  }

  override get incoming(): IncomingMessage {
    return this.#request
  }

  get method(): string {
    return this.#request.method ?? ''
  }

  get target(): string {
    return this.#request.url ?? ''
  }

  get host(): string {
    return this.header('host') ?? ''
  }

  header(name: string): string | undefined {
    return headerOfIncoming(this.#request, name)
  }
}
