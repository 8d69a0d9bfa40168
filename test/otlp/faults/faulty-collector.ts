import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { FaultyServer } from './faulty-server.ts'

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

/** The response of a collector that accepts all. */
export const ACCEPTED = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n'

const HEALTHY: Fault = { requested: (socket) => socket.write(ACCEPTED) }

/** A collector of HTTP/1.1 that is written by hand, so that it can do whatever a broken one does. */
export class FaultyCollector extends FaultyServer<Fault, ReceivedRequest> {
  readonly #secure: ((socket: Socket) => TLSSocket) | undefined

  /** @param secure makes the server's side of a TLS connection; default: there is no TLS */
  constructor(secure?: (socket: Socket) => TLSSocket) {
    super(HEALTHY)
    this.#secure = secure
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  get target(): string {
    return `${this.url}/v1/metrics`
  }

  get env() {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url.replace('//', '//user:secret@') }
  }

  protected override accept(accepted: Socket): void {
    const socket = this.#secure?.(accepted) ?? accepted
    socket.on('error', () => {})
    this.fault.connected?.(socket)
    let received = Buffer.alloc(0)
    let count = 0
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      for (let length = lengthOf(received); length <= received.length; length = lengthOf(received)) {
        const request = received.subarray(0, length)
        this.receive(() => parse(request))
        received = received.subarray(length)
        this.fault.requested?.(socket, ++count)
      }
    })
  }
}

function parse(request: Buffer): ReceivedRequest {
  const [head = ''] = request.toString('latin1').split('\r\n\r\n', 1)
  const names = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(/:.*/, '').toLowerCase())
  return { timeMs: performance.now(), fields: names, body: request.subarray(head.length + 4) }
}

/** Returns the length of the request that the bytes begin with; infinite when its head is not whole. */
function lengthOf(bytes: Buffer): number {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return Number.POSITIVE_INFINITY
  const [, length = '0'] = /^content-length: (\d+)$/im.exec(bytes.toString('latin1', 0, headEnd)) ?? []
  return headEnd + 4 + Number(length)
}
