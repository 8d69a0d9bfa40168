import type { IncomingMessage } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/**
 * The one list of Node's private names that this package uses. `node-internals.test.ts` fails with the name of each
 * that a version of Node.js lacks. Whatever is missing, metrics are served all the same; each comment says what the app
 * could notice then.
 *
 * @module
 */

/** The private parts of a `net.Server`. */
export interface ServerInternals {
  /**
   * Binds an address and begins to listen before it returns, and publishes nothing. Without it `listen` is used, which
   * binds a host's address a tick later and publishes on `tracing:net.server.listen`.
   */
  _listen2?: (
    address: string | null,
    port: number,
    family: number,
    backlog: number,
    fd?: number,
    flags?: number,
  ) => void
  /** The path that a server of a pipe returns as its `address()`; `_listen2` leaves it to its caller. */
  _pipeName?: string
  /**
   * The listening handle, whose `onconnection` makes a socket of each connection. Where it is missing, Node's own
   * sockets are accepted, which it publishes on `net.server.socket`.
   */
  _handle: { onconnection?: (error: number, handle: SocketHandle | undefined) => void } | null
  /** How many connections are open. Without it `maxConnections` has no effect. */
  _connections: number
  /** Set on each accepted socket: `listen` and `_handle.onconnection` have it from the server's options. */
  readonly allowHalfOpen: boolean
  /** Set on each accepted socket. Without it a socket has the default of streams. */
  readonly highWaterMark: number
  /** Whether accepted sockets send at once what is written. Without it small responses may wait for an ACK. */
  readonly noDelay: boolean
}

/** The private parts of an `http.Server`. */
export interface HttpServerInternals {
  /** Whether a client that has closed its side gets its response. Without it the connection of such a client is closed. */
  httpAllowHalfOpen: boolean
}

/** The parser of a connection to an `http.Server`. */
export interface Parser {
  /**
   * Called with each request when its head is parsed. It returns 2 to end the parsing of what was read, else 0. Without
   * it a connection that sends many requests at once holds the event loop for as long as it takes to parse 64 KiB of them.
   */
  onIncoming?: ((request: IncomingMessage & { upgrade: boolean }, keepAlive: boolean) => number) | null
}

/** The handle of an accepted connection; `new net.Socket({ handle })` makes it a socket. */
export interface SocketHandle {
  close(): void
  /** Missing on pipes. */
  setNoDelay?(isOn: boolean): void
  /**
   * Returns 0 where there is a peer, whose address it writes to the object. Missing on pipes. Without it a connection that
   * was reset before it was accepted is made a socket first.
   */
  getpeername?(address: object): number
  /** Whether it is read. Where it is missing, a client that reads nothing may keep a process alive for some seconds. */
  readonly reading?: boolean
}

export const internalsOf = (server: Server) => server as unknown as ServerInternals

export const httpInternalsOf = (server: Server) => server as unknown as HttpServerInternals

export const parserOf = (socket: Socket) => (socket as unknown as { readonly parser?: Parser | null }).parser

/**
 * The owners of the handles that may keep the process alive. Without them a client that reads nothing may do so for some
 * seconds.
 */
export const activeHandlesOf = (process: NodeJS.Process) =>
  (process as { _getActiveHandles?: () => ActiveHandle[] })._getActiveHandles?.()

/** The owner of a handle; a stream has these. */
export interface ActiveHandle {
  readonly _handle?: SocketHandle | null
  readonly writableLength?: number
}

/** The private parts of the server's side of a `tls.TLSSocket`. */
export interface TlsSocketInternals {
  /**
   * `verifyError` returns why the client's certificate cannot be trusted, and nothing when it can. Without it no client
   * is let in that has to have a trusted certificate.
   */
  readonly _handle: { verifyError?(): unknown } | null
  /** Ends the handshake's own treatment of errors. Without it errors are treated as those of a handshake. */
  _releaseControl?(): boolean
}

export const tlsInternalsOf = (socket: TLSSocket) => socket as unknown as TlsSocketInternals
