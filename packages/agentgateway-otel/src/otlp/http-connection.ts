import http, { type ClientRequest, type OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { connect } from './connect.ts'
import { type TlsFunctions, tlsFunctionsFor } from './tls-functions.ts'
import { unpublished } from './unpublished.ts'

const { apply } = Reflect

/**
 * Node's own classes, as they are when this module is loaded. Agents wrap `http.request` to see the app's requests,
 * which is a function around this class.
 */
const { Agent, ClientRequest: Request } = http

/** The one HTTP/1.1 connection to a collector, which is unreferenced in whatever state it is. */
export class HttpConnection {
  readonly #url: URL
  readonly #tlsFunctions: TlsFunctions | undefined
  readonly #tls: OtlpConfiguration['tls']
  readonly #agent = new OneSocketAgent()

  constructor({ url, tls }: OtlpConfiguration) {
    this.#url = new URL(url)
    this.#tlsFunctions = tlsFunctionsFor(this.#url)
    this.#tls = tls
  }

  /**
   * Creates a request, and connects first if no connection is free. `exchange` sends it.
   *
   * @throws the error of the connection
   */
  async request(headers: OutgoingHttpHeaders): Promise<ClientRequest> {
    if (!this.#agent.isFree) await this.#open()
    const options = {
      ...urlToHttpOptions(this.#url),
      // The connection is made already, with TLS or without.
      protocol: this.#agent.protocol,
      agent: this.#agent,
      method: 'POST',
      headers: { host: this.#url.host, ...headers },
    }
    return unpublished(() => new Request(options))
  }

  /** Closes the connection, whatever it is used for. */
  close(): void {
    this.#agent.close()
  }

  async #open(): Promise<void> {
    // One that is not free is in no state to be used again, such as one whose last request was not read to its end.
    this.#agent.close()
    const socket = await connect({
      url: this.#url,
      tlsFunctions: this.#tlsFunctions,
      tls: this.#tls,
      alpnProtocol: 'http/1.1',
      onSocket: (opened) => {
        this.#agent.socket = opened
      },
    })
    const { emit } = socket
    // What Node.js publishes of a request and its response, it does as it handles the events of the socket.
    socket.emit = (...args: unknown[]) => unpublished(() => apply(emit, socket, args))
  }
}

/** An agent that keeps the one connection alive that it is given. */
class OneSocketAgent extends Agent {
  declare readonly protocol: string
  /** The connection that is being made, or that is there. */
  socket: Socket | undefined

  constructor() {
    super({ keepAlive: true })
  }

  /** Whether a request would find a connection. */
  get isFree(): boolean {
    return Object.values(this.freeSockets).some((sockets) => sockets?.some(({ destroyed }) => !destroyed))
  }

  override createConnection(): Socket {
    return this.socket as Socket
  }

  /** Node.js references a socket that it uses again. */
  override reuseSocket(socket: Socket, request: ClientRequest): void {
    super.reuseSocket(socket, request)
    socket.unref()
  }

  close(): void {
    this.socket?.destroy()
    this.destroy()
  }
}
