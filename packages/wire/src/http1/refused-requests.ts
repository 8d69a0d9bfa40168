import type { Socket } from 'node:net'
import { onDestroyedByError } from '../destruction.ts'
import type { ResponseHead } from '../exchange.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import { isIgnored } from '../ignored-servers.ts'
import type { SocketInternals } from '../node-internals.ts'
import type { WireObserver } from '../observer.ts'

/** The error codes for which Node responds with another status than 400. */
const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Returns the status of the error response that Node itself wrote to a connection before it destroyed that, because it
 * could not parse the request or did not get it in time. Returns undefined if Node wrote none, and if the app listens to
 * `clientError`, since the app's response is unknown.
 */
export function errorStatusOf(socket: Socket): number | undefined {
  const { code = '' } = (socket.errored ?? {}) as NodeJS.ErrnoException
  if (!code.startsWith('HPE_') && code !== 'ERR_HTTP_REQUEST_TIMEOUT') return undefined
  // The client has closed the connection in the middle of a request, so that no response reaches it.
  if (code === 'HPE_INVALID_EOF_STATE') return undefined
  const { server } = socket as Socket & SocketInternals
  if (!server || server.listenerCount('clientError') > 0 || socket.writableEnded) return undefined
  return STATUS_OF_ERROR[code] ?? 400
}

/** The head of an error response that Node writes itself. Its only field is `Connection: close`. */
export class ErrorResponseHead implements ResponseHead {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }

  header(name: string): string | undefined {
    return name === 'connection' ? 'close' : undefined
  }
}

/**
 * Watches for requests whose heads Node refuses. If Node refuses a request after its head, in its body, the exchange that
 * began with the head reports the error response.
 *
 * @returns a function that stops watching
 */
export function watchRefusedRequests(observers: () => readonly WireObserver[]): () => void {
  return onDestroyedByError((socket) => {
    const status = errorStatusOf(socket)
    const { server, _httpMessage } = socket as Socket & SocketInternals
    if (status === undefined || _httpMessage || !server || isIgnored(server)) return
    const exchange = new RefusedExchange(socket)
    if (!exchange.offerTo(observers(), 'serverExchange')) return
    exchange.response(new ErrorResponseHead(status))
    exchange.end('error')
  })
}

/** An exchange whose request's head could not be parsed: its method, target, host and start are unknown. */
class RefusedExchange extends ExchangeRecord {
  readonly side = 'server'
  readonly method = ''
  readonly target = ''
  readonly host = ''
  override readonly startMs = Number.NaN
  override readonly socket: Socket

  constructor(socket: Socket) {
    super()
    this.socket = socket
    this.requestBytes = Number.NaN
  }

  header(): undefined {
    return undefined
  }
}
