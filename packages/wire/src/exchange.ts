import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

/**
 * How an exchange ended: `complete` when the response arrived, or was sent, whole; `aborted` when the client's side gave
 * the exchange up; `error` when anything else cut it short.
 */
export type Outcome = 'complete' | 'aborted' | 'error'

/**
 * The object that a server's app gets as the request. Over HTTP/2 it is the stream, or the request of the compatibility
 * API once that exists.
 */
export type IncomingRequest = IncomingMessage | Http2ServerRequest | ServerHttp2Stream

/** One HTTP request and its response, seen from the end that is in this process. */
export interface Exchange {
  readonly side: 'server' | 'client'
  /** The request's method as sent, not normalised. Empty if Node could not parse the request's head. */
  readonly method: string
  /** The request's target: path and query. */
  readonly target: string
  /**
   * Host and port, empty if absent: at a server those of the Host header, at a client those of the origin, even if a proxy
   * is between.
   */
  readonly host: string
  /** Returns a request header by its name in lower case; the values of several fields are joined with `, `. */
  header(name: string): string | undefined
  /** The protocol that the exchange carries, at first `http`. An observer that knows more may set it until the end. */
  protocol: string
  /**
   * When the request's head was seen, in milliseconds on the clock of `performance.now()`. NaN if Node could not parse the
   * head.
   */
  readonly startMs: number
  /** When the response ended, or the exchange failed, on the same clock. NaN before. */
  readonly endMs: number
  /**
   * Bytes of the request's body that arrived, or that the app wrote: as encoded, without chunked framing. Final when the
   * exchange ends; NaN if it cannot be known. Counted only if a listener asks for the body or for `countBytes`.
   */
  readonly requestBytes: number
  /** Bytes of the response's body, counted like those of the request. */
  readonly responseBytes: number
  /**
   * At servers, the request object that the app gets, by which a framework's data can be found. Undefined if Node refused
   * the request's head.
   */
  readonly incoming: IncomingRequest | undefined
  /** At servers, the connection's socket. */
  readonly socket: Socket | undefined
  /**
   * At clients, whether the code that runs now is in the asynchronous context of the code that makes the request. It is to
   * be read only while the exchange is offered to an observer. False if that is not certain: undici may dispatch a request
   * that waited for a connection, or that it repeats, in the context of another request.
   */
  readonly isInCallerContext: boolean
}

/** The status and headers of a response. */
export interface ResponseHead {
  readonly status: number
  /** Returns a response header by its name in lower case; the values of several fields are joined with `, `. */
  header(name: string): string | undefined
}

/**
 * What an observer wants of one exchange. Bodies are tapped only for listeners that ask for them.
 *
 * A body's callback gets each chunk before the app does, or as the app writes it, with its content-encoding undone. The
 * bytes are lent: copy what you keep, and change nothing. Callbacks run in the order requestBody*, requestEnd?, response?,
 * responseBody*, end. If a server responds early, those of the response may come before those of the request.
 */
export interface ExchangeListener {
  /** Asks for the sizes, `exchange.requestBytes` and `exchange.responseBytes`. */
  readonly countBytes?: boolean
  /**
   * Asks for `requestBody` and `requestEnd` even of a body that never left this process, because no connection was made.
   * They are called just before `end`, if the body can be known without consuming it.
   */
  readonly wantsUnsentBody?: boolean
  requestBody?(chunk: Uint8Array): void
  /** The request has been sent, or has arrived, whole. */
  requestEnd?(): void
  /** The response's head is known. Not called for 1xx other than 101, nor if no response came. */
  response?(head: ResponseHead): void
  /** A listener that has `response` may set this property in that callback, when it has seen the head. */
  responseBody?(chunk: Uint8Array): void
  /**
   * The trailers of the response have come. Only `node:http2` at clients shows them.
   *
   * @param header returns a trailer by its name in lower case
   */
  trailers?(header: (name: string) => string | undefined): void
  /**
   * The handshake of a WebSocket has succeeded, at a client. Returns a listener for its messages, which follow the end of the
   * exchange; undefined if they are of no interest. Called after `response`.
   */
  webSocket?(): WebSocketListener | undefined
  /** Called exactly once, last. `error` is the one that the client reports, if it reports one. */
  end(outcome: Outcome, error?: Error): void
}

/**
 * What an observer wants of a WebSocket that this process has opened. The messages come whole, without masks and with their
 * compression undone; text is UTF-8. The bytes are lent: copy what you keep, and change nothing. A message of more than 8 MiB is
 * left out, and so is everything after a frame that breaks the protocol.
 */
export interface WebSocketListener {
  sent?(message: Uint8Array): void
  received?(message: Uint8Array): void
  /**
   * Called exactly once, last.
   *
   * @param by who closed the WebSocket: this process, or its peer
   * @param code the code with which it was closed (RFC 6455, 7.4); undefined if the connection was cut instead
   */
  end(by: 'app' | 'peer', code: number | undefined): void
}
