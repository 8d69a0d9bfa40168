import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { connect } from './connect.ts'

const { apply } = Reflect

/** Node's own function, as it is when this module is loaded. */
const { connect: connectHttp2 } = http2

/** The one HTTP/2 connection of a gRPC client, which is unreferenced in whatever state it is. */
export class GrpcConnection {
  readonly #url: URL
  readonly #tls: OtlpConfiguration['tls']
  #session: ClientHttp2Session | undefined
  /** The socket of the session, or of the one that is being opened. */
  #socket: Socket | undefined
  /** Why the session has failed. */
  #error: Error | undefined

  constructor({ url, tls }: OtlpConfiguration) {
    this.#url = new URL(url)
    this.#tls = tls
  }

  /** The error of the last session; undefined when it has none. */
  get error(): Error | undefined {
    return this.#error
  }

  /**
   * Begins a request, and connects first if there is no connection that can take one.
   *
   * @param headers is called when there is a connection
   * @throws the error of the connection
   */
  async request(headers: () => OutgoingHttpHeaders): Promise<ClientHttp2Stream> {
    let session = this.#session
    if (session === undefined || session.closed || session.destroyed) session = await this.#open()
    // An agent that was loaded earlier gives each session a `request` of its own, which makes spans and adds headers.
    const { request } = Object.getPrototypeOf(session) as ClientHttp2Session
    return apply(request, session, [headers()])
  }

  /** Closes the connection, and fails the request that is open. */
  close(): void {
    this.#session?.destroy()
    this.#socket?.destroy()
  }

  async #open(): Promise<ClientHttp2Session> {
    this.#error = undefined
    const connected = await connect({
      url: this.#url,
      tls: this.#tls,
      alpnProtocol: 'h2',
      onSocket: (socket) => {
        this.#socket = socket
      },
    })
    const session = connectHttp2(this.#url, { createConnection: () => connected, settings: { enablePush: false } })
    session.on('error', (error) => {
      this.#error = error
    })
    session.unref()
    this.#session = session
    return session
  }
}
