import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/**
 * How an exchange ended: `complete` when the response arrived (or was written) whole, `aborted` when the client's side
 * gave it up, `error` when anything else cut it short.
 */
export type Outcome = 'complete' | 'aborted' | 'error'

/**
 * What a server's app gets as the request; over HTTP/2 that of the compatibility API, once there is one, else the stream.
 */
export type IncomingRequest = IncomingMessage | Http2ServerRequest | ServerHttp2Stream

/** One HTTP request and its response, seen from the end that this process has. */
export interface Exchange {
  readonly side: 'server' | 'client'
  /** As sent, not normalised. Empty for a head that Node could not read. */
  readonly method: string
  /** The request's target: path and query. */
  readonly target: string
  /**
   * Host and port: as the Host header says on the server's side, of the origin on the client's, also where a proxy is
   * between. Empty when absent.
   */
  readonly host: string
  /** A request header's value, by its name in lower case; several fields of one name are joined with `, `. */
  header(name: string): string | undefined
  /** What the exchange carries. An observer that knows better may set it; it is read at the end. */
  protocol: string
  /**
   * When the request's head was seen, on the clock of `performance.now()`, in milliseconds. NaN for a head that Node
   * could not read.
   */
  readonly startMs: number
  /** When the response ended, or the exchange failed; the same clock. NaN before. */
  readonly endMs: number
  /**
   * Bytes of the request's body that arrived, or that the app wrote: as encoded, without chunked framing. Final at the
   * end; NaN when it cannot be known.
   */
  readonly requestBytes: number
  /** Bytes of the response's body, likewise. Both are counted only where a listener asks for the body or `countBytes`. */
  readonly responseBytes: number
  /** Server side: Node's own request object, the key to what a framework knows of it. Of a head that Node refused: none. */
  readonly incoming: IncomingRequest | undefined
  /** Server side: the server that accepted the connection, and the socket. */
  readonly socket: Socket | undefined
}

export interface ResponseHead {
  readonly status: number
  /** A response header's value, by its name in lower case. */
  header(name: string): string | undefined
}

/**
 * What an observer wants to hear of one exchange. Bodies are tapped only for listeners that ask for them.
 *
 * A body callback gets each chunk before the app does, or as the app writes it, with its content-encoding undone; the
 * bytes are lent: copy what is to be kept, and change nothing. Calls come in the order requestBody*, requestEnd?,
 * response?, responseBody*, end; response parts may overtake request parts where a server answers early.
 */
export interface ExchangeListener {
  /** Sizes are wanted (`exchange.requestBytes`, `exchange.responseBytes`). */
  readonly countBytes?: boolean
  /**
   * `requestBody` and `requestEnd` are wanted also of a body that never left this process, because no connection was
   * made: just before `end`, as far as the body can be known without being consumed.
   */
  readonly wantsUnsentBody?: boolean
  requestBody?(chunk: Uint8Array): void
  /** The request has been sent, or has arrived, whole. */
  requestEnd?(): void
  /** The response's head is known. Not called for 1xx, nor when no response came. */
  response?(head: ResponseHead): void
  /** A listener that has `response` may also set this there, once it has seen the head. */
  responseBody?(chunk: Uint8Array): void
  /** Exactly once, last. `error` is what the client reports, where it does. */
  end(outcome: Outcome, error?: Error): void
}
