import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import { connect } from './connect.ts'
import { type TlsFunctions, tlsFunctionsFor } from './tls-functions.ts'
import { unpublished } from './unpublished.ts'

const { apply } = Reflect

/** Node's own function, as it is when this module is loaded. */
const { connect: connectHttp2 } = http2

/** How many pings and settings a collector may send from one call to the next. Each of them is a little work. */
const MAX_UNASKED_FRAMES = 1000

export interface GrpcCall {
  readonly stream: ClientHttp2Stream
  /** Whether an earlier call went over the connection, which its peer may have closed since. */
  readonly isReused: boolean
}

/** The one HTTP/2 connection of a gRPC client, which is unreferenced in whatever state it is. */
export class GrpcConnection {
  readonly url: URL
  readonly #tlsFunctions: TlsFunctions | undefined
  readonly #tls: OtlpConfiguration['tls']
  #session: ClientHttp2Session | undefined
  /** The socket of the session, or of the one that is being opened. */
  #socket: Socket | undefined
  #error: Error | undefined
  #isHttp2 = false
  #unaskedFrames = 0

  constructor({ url, tls }: OtlpConfiguration) {
    this.url = new URL(url)
    this.#tlsFunctions = tlsFunctionsFor(this.url)
    this.#tls = tls
  }

  /** Why the connection has failed; undefined where it has not. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Whether the collector has shown on this connection that it speaks HTTP/2. */
  get isHttp2(): boolean {
    return this.#isHttp2
  }

  /** Whether another call needs another connection. */
  get isClosed(): boolean {
    return this.#session === undefined || this.#session.closed || this.#session.destroyed
  }

  /**
   * Begins a call, and connects first if there is no connection that can take one.
   *
   * @param headers is called when there is a connection
   * @throws the error of the connection
   */
  async call(headers: () => OutgoingHttpHeaders): Promise<GrpcCall> {
    const isReused = !this.isClosed
    if (!isReused) await this.#open()
    this.#unaskedFrames = 0
    const session = this.#session as ClientHttp2Session
    // An agent that was loaded earlier gives each session a `request` of its own, which makes spans and adds headers.
    const { request } = Object.getPrototypeOf(session) as ClientHttp2Session
    return { stream: unpublished(() => apply(request, session, [headers()])), isReused }
  }

  /** Closes the connection, and fails the call that is open. */
  close(): void {
    this.#session?.destroy()
    this.#socket?.destroy()
  }

  async #open(): Promise<void> {
    // A peer that has said GOAWAY may leave its end of the connection open.
    this.close()
    this.#error = undefined
    this.#isHttp2 = false
    const connected = await connect({
      url: this.url,
      tlsFunctions: this.#tlsFunctions,
      tls: this.#tls,
      alpnProtocol: 'h2',
      onSocket: (socket) => {
        this.#socket = socket
      },
    })
    const session = connectHttp2(this.url, { createConnection: () => connected, settings: { enablePush: false } })
    session.on('error', (error) => {
      this.#error = error
    })
    session.on('remoteSettings', () => {
      this.#isHttp2 = true
      this.#countUnasked(session)
    })
    session.on('ping', () => this.#countUnasked(session))
    session.unref()
    this.#session = session
  }

  #countUnasked(session: ClientHttp2Session): void {
    this.#unaskedFrames++
    if (this.#unaskedFrames <= MAX_UNASKED_FRAMES || session.destroyed) return
    session.destroy(new Error(`the collector sent more than ${MAX_UNASKED_FRAMES} pings and settings`))
  }
}
