import { readFileSync } from 'node:fs'
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2'
import { isIP, Socket } from 'node:net'
import tls, { type SecureContextOptions } from 'node:tls'
import type { OtlpConfiguration } from '../configuration/configuration.ts'

const { apply } = Reflect

/**
 * Node's own functions, as they are when this module is loaded. Code that wraps them later to observe the app's
 * connections does not see the bridge's.
 */
const { connect: connectHttp2 } = http2
const { connect: connectTls, createSecureContext } = tls
const { connect: connectSocket } = Socket.prototype

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
    const connected = await this.#connect()
    const session = connectHttp2(this.#url, { createConnection: () => connected, settings: { enablePush: false } })
    session.on('error', (error) => {
      this.#error = error
    })
    session.unref()
    this.#session = session
    return session
  }

  async #connect(): Promise<Socket> {
    const { protocol, hostname } = this.#url
    const isSecure = protocol === 'https:'
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    const port = Number(this.#url.port || (isSecure ? 443 : 80))
    // Files are read before there is a connection that would have to be closed if they cannot be.
    const secureContext = isSecure ? createSecureContext(readSecureOptions(this.#tls)) : undefined

    const socket = new Socket()
    this.#socket = socket
    // Each address of a host that has several is tried with a handle of its own.
    socket.on('connectionAttempt', () => socket.unref())
    apply(connectSocket, socket, [{ host, port }])
    socket.unref()
    await opened(socket, 'connect')
    // Small frames must not wait for the acknowledgement of others.
    socket.setNoDelay(true)
    if (secureContext === undefined) return socket

    const secured = connectTls({
      socket,
      secureContext,
      host,
      ALPNProtocols: ['h2'],
      ...(isIP(host) === 0 && { servername: host }),
    })
    this.#socket = secured
    await opened(secured, 'secureConnect')
    return secured
  }
}

/** Waits until the socket is connected. */
function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', (error) => reject(withMessage(error)))
    socket.once('close', () => reject(new Error('the connection was closed before it was ready')))
  })
}

/** Returns an error that says what went wrong: that of a host with several addresses has its messages inside. */
const withMessage = (error: Error) =>
  error instanceof AggregateError ? new Error(error.errors.map(({ message }) => message).join(', ')) : error

/** Reads the files at each connection, so that renewed certificates are used without a restart. */
const readSecureOptions = ({ caFile, certificateFile, keyFile }: OtlpConfiguration['tls']): SecureContextOptions => ({
  ...(caFile !== undefined && { ca: readFileSync(caFile) }),
  ...(certificateFile !== undefined && { cert: readFileSync(certificateFile) }),
  ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
})
