import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { ExchangeRecord } from '../exchange-record.ts'
import { headerOfIncoming } from '../headers.ts'

/**
 * An exchange at a server whose request came over HTTP/1. It keeps the method, the target and the headers as they
 * arrived, because middleware rewrites them on the request: `method-override` the method, routers the URL.
 */
export abstract class RequestExchange extends ExchangeRecord {
  readonly side = 'server'
  readonly method: string
  readonly target: string
  override readonly socket: Socket
  readonly #request: IncomingMessage
  readonly #rawHeaders: readonly string[]

  constructor(request: IncomingMessage, socket: Socket) {
    super()
    this.#request = request
    this.method = request.method ?? ''
    this.target = request.url ?? ''
    this.#rawHeaders = request.rawHeaders
    this.socket = socket
  }

  override get incoming(): IncomingMessage {
    return this.#request
  }

  get host(): string {
    return this.header('host') ?? ''
  }

  header(name: string): string | undefined {
    return headerOfIncoming(this.#rawHeaders, name)
  }
}
