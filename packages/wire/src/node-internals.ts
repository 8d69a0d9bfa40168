/**
 * The ledger of Node's private names: every undocumented property, method, class and symbol that this package relies on.
 * Each entry says what the name is, which file of Node's source sets it, what it is used for, and what is lost if a
 * version of Node lacks it. Such a loss is silent: the app runs on, and no error is reported where the entry names none.
 * `node-internals.test.ts` fails for each name that the running Node lacks.
 *
 * The ledger holds types, and each file accesses the properties itself. A shared accessor would see objects of many
 * shapes, and its inline cache would turn megamorphic on the hot path.
 *
 * Some facts about Node have no type here:
 * - `process.stdin` and `process.stdout` are configurable getters (`lib/internal/bootstrap/switches/is_main_thread.js`).
 *   `stdio/process.ts` replaces them until their first use. If they were not, it would observe neither.
 * - `http.Server` gives a parser to any stream that is emitted as its `connection`. `http1/upgrade-tap.ts` finds the class
 *   of parsers by that, before the first request. Otherwise upgrades at servers would not be observed.
 * - Node's streams call `_destroy` once. `destruction.ts` relies on that to notify of the end of any stream.
 * - When `http.Server` refuses a request, it writes a response by itself and destroys the socket with the parser's error,
 *   whose code begins with `HPE_` (`socketOnError` of `lib/_http_server.js`). `http1/refused-requests.ts` derives the status
 *   from the code. Otherwise refused requests would not be observed.
 * - `fetch` sends the header `sec-fetch-mode`. `unsent-body.ts` recognises undici's own async generators by it. Otherwise the
 *   body of a `fetch` that gets no connection would be unknown.
 * - `fetch` dispatches its request in a function named `httpNetworkFetch`. `undici.ts` looks for it in the stack, with
 *   `util.getCallSites`, which calls none of the app's code. Otherwise it would be unknown whether such a request is created in
 *   its caller's context.
 * - `http2` waits for a socket that is connecting before it makes the handle of a session, and needs no stream of its own around
 *   a socket whose handle says `isStreamBase`. `http2/publish-streams.ts` finds Node's classes by such sessions, on versions that do
 *   not publish HTTP/2 streams. Otherwise these versions would observe no HTTP/2.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process'
import type { ClientRequest, IncomingMessage, OutgoingMessage } from 'node:http'
import type { Http2Stream } from 'node:http2'
import type { Server, Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** A socket of `net` or `tls`, or another stream that Node's HTTP reads from. */
export interface SocketInternals {
  /**
   * The server that accepted the connection. Set by `lib/net.js` (`onconnection`), `lib/_http_server.js` and
   * `lib/internal/tls/wrap.js`. Used to find the server of a connection or an exchange. Without it no connection, upgrade or
   * refused request is observed, and HTTP/2 requests to an ignored server are.
   */
  readonly server?: Server | null
  /**
   * The native handle. Set by `lib/net.js`; `lib/internal/child_process.js` sets it to null when the app sends the socket
   * to a child process. Used to notice that. Without it a connection that was handed over stays open for its listeners.
   */
  readonly _handle?: object | null
  /**
   * The HTTP/1 parser that reads from the socket. Set by `lib/_http_server.js` and `lib/_http_client.js`. Used to tap the
   * bodies that arrive. Without it such bodies are not observed and their sizes are unknown, exchanges of clients end only
   * with their connection, and upgrades at servers are not observed.
   */
  readonly parser?: HttpParser | null
  /**
   * The message whose turn it is on the connection: a `ServerResponse` or a `ClientRequest`. Set by `lib/_http_server.js`
   * (`assignSocket`) and `lib/_http_client.js` (`tickOnSocket`). Used to find the exchange of an upgrade or of a refusal.
   * Without it an upgrade of a client ends only with its connection, and a refusal in the middle of a request counts as an
   * exchange of its own.
   */
  readonly _httpMessage?: OutgoingMessage | null
}

/** A stream that is read from, of `lib/internal/streams/readable.js`. */
export interface ReadableInternals {
  /**
   * The chunks that wait to be read, from `bufferIndex` on, and whether they are the last. Used to read what arrived before a stream was tapped, and leave it
   * there: the first messages of a WebSocket that arrived together with the response's head, and on versions that do not publish
   * HTTP/2 streams, the first chunks of a request. Without it such a WebSocket, or such a request, is not observed.
   */
  readonly _readableState?: { readonly buffer?: unknown; readonly bufferIndex?: number; readonly ended?: boolean }
}

/**
 * Returns the chunks that wait in a stream's buffer, without reading them.
 *
 * @throws Error if Node keeps them in another way than is known
 */
export function bufferedChunks(stream: Readable & ReadableInternals): readonly unknown[] {
  if (stream.readableLength === 0) return []
  const { buffer, bufferIndex = 0 } = stream._readableState ?? {}
  if (!Array.isArray(buffer)) throw new Error('the chunks that wait in a stream are unknown')
  return buffer.slice(bufferIndex)
}

/** `net.Socket.prototype`, of `lib/net.js`. */
export interface SocketPrototype {
  /**
   * Closes the handle. Tapped to notify of the end of connections. Implementers of streams know `_destroy` from the
   * documentation; that `net.Socket.prototype` has one, which all sockets share, is not documented.
   */
  _destroy(this: object, error: Error | null, callback: unknown): void
  /**
   * Writes one chunk, or several (`writev`); `_write` and `_writev` call it. Tapped to read the response to an
   * upgrade. Without it an upgrade at a server ends only with its connection, and without a response.
   */
  _writeGeneric?(this: Socket, writev: boolean, data: unknown, encoding: unknown, callback: unknown): unknown
}

/** Node's HTTP/1 parser, `HTTPParser` of `src/node_http_parser.cc`, with what `lib/_http_common.js` puts on it. */
export interface HttpParser {
  /**
   * The message that is being parsed, with its body. Without it bodies that arrive are not observed, exchanges of clients
   * end only with their connection, and upgrades are not observed.
   */
  readonly incoming?: (IncomingMessage & IncomingMessageInternals) | null
  /** The socket that the parser reads from. Without it upgrades are not observed. */
  readonly socket?: Socket | null
  /** The parser's callbacks, under the numbers that `HttpParserClass` names. */
  [callback: number]: ((this: HttpParser, ...args: never[]) => unknown) | undefined
}

/**
 * The class of parsers, `parser.constructor`. Without one of the numbers bodies that arrive are not observed, their sizes
 * are unknown, and exchanges of clients end only with their connection.
 */
export interface HttpParserClass {
  /** The number of the callback that gets each chunk of a body. */
  readonly kOnBody?: number
  /** The number of the callback that is called when a message has been parsed whole. */
  readonly kOnMessageComplete?: number
}

/** The prototype of parsers, `HTTPParser.prototype` of `src/node_http_parser.cc`. */
export interface HttpParserPrototype {
  /**
   * Ends the parsing. Called by `lib/_http_server.js` and `lib/_http_client.js` when a connection leaves HTTP and when it
   * ends. Tapped to observe upgrades. Without it upgrades at servers are not observed, and those of clients end only with
   * their connection.
   */
  finish?(this: HttpParser): unknown
}

/** A message that arrives. */
export interface IncomingMessageInternals {
  /**
   * Whether the connection leaves HTTP after this message's head. Set by `lib/_http_common.js`
   * (`parserOnHeadersComplete`). Without it upgrades are not observed.
   */
  readonly upgrade?: boolean | null
}

/** Properties that `lib/_http_outgoing.js` sets on each message that is sent. */
export interface OutgoingMessageInternals {
  /**
   * The head as it is sent, once Node has made it; null before. Used because the app may change the properties of the
   * message afterwards. Without it servers' exchanges have no response, and a client's method, path and headers are those
   * that the app set last.
   */
  readonly _header?: string | null
  /** Whether the head has been written to the socket. Without it a head that was never sent counts as sent. */
  readonly _headerSent?: boolean
  /**
   * Whether the message may have a body, which a response to HEAD and a 204 or 304 response may not. Without it the bytes
   * that the app writes to such a response are counted.
   */
  readonly _hasBody?: boolean
}

/** A request of `http` or `https`. */
export interface ClientRequestInternals {
  /**
   * The parser of the response. Set by `lib/_http_client.js` (`tickOnSocket`). Without it the upgrades of a process that
   * accepts no connections end only with their connection.
   */
  readonly parser?: HttpParser | null
}

/** `http.ClientRequest.prototype`, of `lib/_http_client.js`. */
export interface ClientRequestPrototype {
  /** Documented. Tapped, because no channel publishes that the app destroys a request before it has a connection. */
  destroy(this: ClientRequest, error?: Error): ClientRequest
  /**
   * Gets the socket that the agent found for the request, or the agent's error. Tapped for that error. Without it a request
   * that gets no connection ends only when the app destroys it.
   */
  onSocket?(this: ClientRequest, socket: Socket | null | undefined, error?: Error | null): unknown
}

/** A child process, of `lib/internal/child_process.js`. */
export interface ChildProcessInternals {
  /**
   * Starts the child; called right after the channel `child_process` has published it. Tapped to reach the child's pipes
   * before the app does. Without it neither children's pipes nor handovers of sockets are observed.
   */
  spawn(options: unknown): number
  /**
   * Sends a message, with a handle or without; `send` and Node's own code call it. Only a child with a channel has it.
   * Tapped to notice that a socket is handed over. Without it that connection stays open for its listeners.
   */
  _send?(this: ChildProcess, message: unknown, handle: unknown, options: unknown, callback: unknown): unknown
}

/** An HTTP/2 stream, with what every stream has and Node's types leave out. */
export type TappedHttp2Stream = Http2Stream & { readonly destroyed: boolean; readonly closed: boolean }

/**
 * The prototype of Node's class `Http2Stream`, of `lib/internal/http2/core.js`, which no module exports. These methods are
 * tapped. If one is missing, `onFault` gets a TypeError at the first stream, and neither that method nor those below it
 * are tapped: HTTP/2 exchanges lack bodies, or never end.
 */
export interface Http2StreamPrototype {
  /** Inherited from `stream.Readable`: Node calls it with each chunk that arrives, and with null at the end. */
  push(this: TappedHttp2Stream, chunk: unknown, encoding?: unknown): boolean
  _write(this: TappedHttp2Stream, data: unknown, encoding: unknown, callback: unknown): void
  _writev(this: TappedHttp2Stream, data: readonly { chunk: unknown; encoding: unknown }[], callback: unknown): void
  /**
   * Ends the side that is sent. `respondWithFile` and `respondWithFD` set an own `_final` of null on the stream, by which
   * `http2/server.ts` recognises such a response. Without that the size of the response is 0.
   */
  _final(this: TappedHttp2Stream, callback: unknown): void
  close(this: TappedHttp2Stream, code?: unknown, callback?: unknown): void
  _destroy(this: TappedHttp2Stream, error: unknown, callback: (error?: unknown) => void): void
}

/** Returns the prototype of `Http2Stream`, which is the direct superclass of both classes of streams. */
export const http2StreamPrototypeOf = (stream: Http2Stream): Http2StreamPrototype =>
  Object.getPrototypeOf(Object.getPrototypeOf(stream))

/**
 * The resource of a client's request over HTTP/2, of `lib/internal/http2/core.js`: an `AsyncResource` that the app never gets.
 */
export interface RequestResourceInternals {
  /**
   * Node calls it with `process.nextTick`, null, a function that emits, the stream, and an event with its arguments. Tapped on
   * versions that do not publish streams (`http2/publish-streams.ts`). Without it these observe no response.
   */
  runInAsyncScope(...args: readonly unknown[]): unknown
}

/**
 * The request that undici publishes, which is undici's own: the app never gets it. Its method, path, origin and headers are
 * documented.
 */
export interface UndiciRequestInternals {
  /**
   * Bytes for `undici.request`; for `fetch` an async generator of undici's own (`lib/web/fetch/index.js`),
   * which the app never gets. Without it the body of a request that gets no connection is unknown.
   */
  readonly body?: unknown
  /** The body's length in bytes, where undici knows it beforehand. Without it the body of such a `fetch` is unknown. */
  readonly contentLength?: number | null
  /**
   * In undici 7 and before, gets each chunk of the body that is sent. Tapped where it exists; later versions publish the
   * chunks.
   */
  onBodySent?(chunk: Uint8Array | string): unknown
  /** In undici 7 and before, gets each chunk of the response's body. Tapped where it exists, as `onBodySent`. */
  onData?(chunk: Uint8Array): unknown
  /**
   * In undici 7 and before, gets the connection that leaves HTTP, after what has arrived beyond the response's head has been
   * put back into its buffer. Tapped to observe WebSockets. Without it those of `WebSocket` are not observed.
   */
  onUpgrade?(this: object, statusCode: number, headers: unknown, socket: unknown, ...rest: unknown[]): unknown
  /** The same in undici 8. */
  onRequestUpgrade?(this: object, statusCode: number, headers: unknown, socket: unknown, ...rest: unknown[]): unknown
}

/** The descriptions of symbols under which Node and undici keep properties. Neither exports the symbols. */
export const SYMBOLS = {
  /**
   * The socket under an `Http2Session` (`lib/internal/http2/core.js`). Without it `exchange.socket` of HTTP/2 requests is
   * undefined, requests to ignored servers are observed, and an exchange that is cut is attributed to the
   * wrong side.
   */
  http2SessionSocket: 'socket',
  /**
   * The host and port of an `Http2Session` of a client (`lib/internal/http2/core.js`). Without it the host is unknown of a request
   * that is made with a list of headers that has none, on 22.17 to 22.19 and 24.0 to 24.8.
   */
  http2SessionAuthority: 'authority',
  /**
   * The request of the compatibility API, on its `ServerHttp2Stream` (`lib/internal/http2/compat.js`). Without it
   * `exchange.incoming` is always the stream, and request headers are those that the app has changed.
   */
  http2StreamRequest: 'request',
  /** The resource of a client's request, on its `ClientHttp2Stream`; see `RequestResourceInternals`. */
  http2RequestResource: 'requestAsyncResource',
  /**
   * How many streams undici has on an `Http2Session` (`lib/dispatcher/client-h2.js`). Without it each of undici's requests
   * over HTTP/2 is observed twice.
   */
  undiciOpenStreams: 'open streams',
  /**
   * On a socket, the stream that Node 26 and later pass to the app for an upgrade whose body is still arriving
   * (`lib/_http_server.js`). Without it such an upgrade may be observed with the wrong response, or none.
   */
  upgradeStream: 'UpgradeStream',
} as const

/** Returns the symbol of this description among an object's own, or undefined if there is none. */
export const symbolOf = (object: object, description: string): symbol | undefined =>
  Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description)
