import { once } from 'node:events'
import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import tls, { type TlsOptions } from 'node:tls'
import type { TestCollector } from './faulty-app.ts'
import { FaultyServer } from './faulty-server.ts'

/** What a collector does wrong. */
export interface GrpcFault {
  /** Called with each connection, on which neither TLS nor HTTP/2 is spoken then. */
  connected?(socket: Socket): void
  /** Called with each session of HTTP/2. */
  opened?(session: ServerHttp2Session): void
  /** Called with each call that has arrived as a whole. `ofConnection` counts those of its connection from 1. */
  called?(stream: ServerHttp2Stream, ofConnection: number): void
}

export interface ReceivedCall {
  readonly timeMs: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' }

/** Returns the frame of a message. */
export const frameOf = (message: Uint8Array, isCompressed = false): Buffer => {
  const frame = Buffer.alloc(5 + message.length)
  frame[0] = isCompressed ? 1 : 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

/** Responds with bytes, and after them with fields such as `grpc-status`. */
export function respond(stream: ServerHttp2Stream, body: Uint8Array, fields: Readonly<Record<string, string>>): void {
  stream.respond(HEAD, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(fields))
  stream.end(body)
}

/** Responds with fields alone, which are in the head then. */
export function respondWithoutBody(stream: ServerHttp2Stream, fields: Readonly<Record<string, string>>): void {
  stream.respond({ ...HEAD, ...fields }, { endStream: true })
}

export const accept = (stream: ServerHttp2Stream) => respond(stream, frameOf(Buffer.alloc(0)), { 'grpc-status': '0' })

/**
 * A collector of gRPC on raw HTTP/2, which can do whatever a broken one does. When that changes, connections stay, but for
 * those on which no HTTP/2 is spoken.
 */
export class GrpcCollector extends FaultyServer<GrpcFault, ReceivedCall> implements TestCollector {
  readonly #http2 = http2.createServer()
  readonly #tls: tls.Server | undefined
  /** The open sessions of HTTP/2. */
  readonly sessions = new Set<ServerHttp2Session>()

  /** @param options of TLS; default: there is no TLS */
  constructor(options?: TlsOptions) {
    super({})
    if (options !== undefined) {
      this.#tls = tls.createServer(options, (socket) => this.#http2.emit('connection', socket))
      this.#tls.on('tlsClientError', () => {})
    }
    this.#http2.on('session', (session) => this.#opened(session))
    this.#http2.on('sessionError', () => {})
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  get target(): string {
    return `${this.url}/`
  }

  get env() {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  }

  protected override accept(socket: Socket): void {
    if (this.fault.connected !== undefined) this.fault.connected(socket)
    else (this.#tls ?? this.#http2).emit('connection', socket)
  }

  #opened(session: ServerHttp2Session): void {
    this.sessions.add(session)
    session.on('close', () => this.sessions.delete(session))
    session.on('error', () => {})
    this.fault.opened?.(session)
    let count = 0
    session.on('stream', async (stream, headers) => {
      stream.on('error', () => {})
      const chunks: Uint8Array[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      const hasEnded = await once(stream, 'end').then(
        () => true,
        () => false,
      )
      if (!hasEnded) return
      this.receive(() => ({ timeMs: performance.now(), headers, body: Buffer.concat(chunks) }))
      count++
      if (stream.destroyed) return
      const { called = accept } = this.fault
      called(stream, count)
    })
  }
}
