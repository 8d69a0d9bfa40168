import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** What a collector does wrong. */
export interface Fault {
  /** Called with each connection. Default: the connection is read, and nothing else is done with it. */
  connected?(socket: Socket): void
  /** Called with each request that has arrived as a whole. `ofConnection` counts those of its connection from 1. */
  requested?(socket: Socket, ofConnection: number): void
}

export interface ReceivedRequest {
  readonly timeMs: number
  /** The names of its header fields, in lower case. */
  readonly fields: readonly string[]
  readonly body: Buffer
}

/** Later requests are only counted. */
const MAX_RECEIVED = 20

/** The response of a collector that accepts all. */
export const ACCEPTED = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n'

const HEALTHY: Fault = { requested: (socket) => socket.write(ACCEPTED) }

/** A collector of HTTP/1.1 that is written by hand, so that it can do whatever a broken one does. */
export class FaultyCollector {
  readonly #sockets = new Set<Socket>()
  readonly #server = net.createServer((socket) => this.#accept(socket))
  readonly #secure: ((socket: Socket) => TLSSocket) | undefined
  #fault: Fault = HEALTHY
  #port = 0
  /** How many requests arrived since the last change of what it does wrong. */
  requests = 0
  /** How many connections were accepted since then. */
  connections = 0
  /** The first of these requests. */
  readonly received: ReceivedRequest[] = []

  /** @param secure makes the server's side of a TLS connection; default: there is no TLS */
  constructor(secure?: (socket: Socket) => TLSSocket) {
    this.#secure = secure
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.#port}`
  }

  get target(): string {
    return `${this.url}/v1/metrics`
  }

  get env() {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url.replace('//', '//user:secret@') }
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** Listens, on the port that it had if it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Does this wrong from now on; nothing by default. Connections stay. */
  turn(fault: Fault = HEALTHY): void {
    this.#fault = fault
    this.requests = 0
    this.connections = 0
    this.received.length = 0
  }

  /** Stops listening, and closes all connections. */
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
    this.#fault.connected?.(socket)
    let received = Buffer.alloc(0)
    let count = 0
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      for (let length = lengthOf(received); length <= received.length; length = lengthOf(received)) {
        this.#received(received.subarray(0, length))
        received = received.subarray(length)
        this.#fault.requested?.(socket, ++count)
      }
    })
  }

  #received(request: Buffer): void {
    this.requests++
    if (this.received.length >= MAX_RECEIVED) return
    const [head = ''] = request.toString('latin1').split('\r\n\r\n', 1)
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.replace(/:.*/, '').toLowerCase())
    this.received.push({ timeMs: performance.now(), fields: names, body: request.subarray(head.length + 4) })
  }
}

/** Returns the length of the request that the bytes begin with; infinite when its head is not whole. */
function lengthOf(bytes: Buffer): number {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return Number.POSITIVE_INFINITY
  const [, length = '0'] = /^content-length: (\d+)$/im.exec(bytes.toString('latin1', 0, headEnd)) ?? []
  return headEnd + 4 + Number(length)
}
