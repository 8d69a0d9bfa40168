import { once } from 'node:events'
import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TestCollector } from './faulty-app.ts'

/** What a collector does wrong. */
export interface GrpcFault {
  /** Called with each connection, on which no HTTP/2 is spoken then. */
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

/** Later calls are only counted. */
const MAX_RECEIVED = 20

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

/** A collector of gRPC on raw HTTP/2, which can do whatever a broken one does. */
export class GrpcCollector implements TestCollector {
  readonly #sockets = new Set<Socket>()
  readonly #server = net.createServer((socket) => this.#accept(socket))
  readonly #http2 = http2.createServer()
  readonly #secure: ((socket: Socket) => TLSSocket) | undefined
  #fault: GrpcFault = {}
  #port = 0
  requests = 0
  connections = 0
  /** The first of these calls. */
  readonly received: ReceivedCall[] = []
  /** The open sessions of HTTP/2. */
  readonly sessions = new Set<ServerHttp2Session>()

  /** @param secure makes the server's side of a TLS connection; default: there is no TLS */
  constructor(secure?: (socket: Socket) => TLSSocket) {
    this.#secure = secure
    this.#http2.on('session', (session) => this.#opened(session))
    this.#http2.on('sessionError', () => {})
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.#port}`
  }

  get target(): string {
    return `${this.url}/`
  }

  get env() {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  }

  get open(): number {
    return this.#sockets.size
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Does this wrong from now on; nothing by default. Connections stay, but for those on which no HTTP/2 is spoken. */
  turn(fault: GrpcFault = {}): void {
    this.#fault = fault
    this.requests = 0
    this.connections = 0
    this.received.length = 0
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(accepted: Socket): void {
    this.#sockets.add(accepted)
    accepted.on('close', () => this.#sockets.delete(accepted))
    accepted.on('error', () => {})
    this.connections++
    const socket = this.#secure?.(accepted) ?? accepted
    socket.on('error', () => {})
    if (this.#fault.connected === undefined) this.#http2.emit('connection', socket)
    else this.#fault.connected(socket)
  }

  #opened(session: ServerHttp2Session): void {
    this.sessions.add(session)
    session.on('close', () => this.sessions.delete(session))
    session.on('error', () => {})
    this.#fault.opened?.(session)
    let count = 0
    session.on('stream', async (stream, headers) => {
      stream.on('error', () => {})
      const chunks: Uint8Array[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(stream, 'end')
      this.requests++
      count++
      if (this.received.length < MAX_RECEIVED) {
        this.received.push({ timeMs: performance.now(), headers, body: Buffer.concat(chunks) })
      }
      if (stream.destroyed) return
      const { called = accept } = this.#fault
      called(stream, count)
    })
  }
}
