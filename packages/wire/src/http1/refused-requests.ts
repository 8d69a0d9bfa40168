import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { onDestroyedByError } from '../destruction.ts'
import type { ResponseHead } from '../exchange.ts'
import { ExchangeRecord } from '../exchange-record.ts'
import type { WireObserver } from '../observer.ts'

const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * The status that Node itself answered on a connection which it then cut, since it could not read what came or did not
 * get it in time. Undefined where it did not, and where the app answers that (`clientError`): then nobody knows.
 */
export function errorStatusOf(socket: Socket): number | undefined {
  const { code = '' } = (socket.errored ?? {}) as NodeJS.ErrnoException
  if (!code.startsWith('HPE_') && code !== 'ERR_HTTP_REQUEST_TIMEOUT') return undefined
  // The client has left in the middle: whatever Node may still say is no answer to anyone.
  if (code === 'HPE_INVALID_EOF_STATE') return undefined
  const { server } = socket as Socket & { readonly server?: Server | null }
  if (!server || server.listenerCount('clientError') > 0 || socket.writableEnded) return undefined
  return STATUS_OF_ERROR[code] ?? 400
}

/** What Node writes there. */
export class ErrorResponseHead implements ResponseHead {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }

  header(name: string): string | undefined {
    return name === 'connection' ? 'close' : undefined
  }
}

/** Requests whose heads Node refuses; of one that got further, its own exchange has the refusal. */
export function watchRefusedRequests(observers: () => readonly WireObserver[], ignored: WeakSet<object>): () => void {
  return onDestroyedByError((socket) => {
    const status = errorStatusOf(socket)
    const { server, _httpMessage } = socket as Socket & { server?: Server | null; _httpMessage?: object | null }
    if (status === undefined || _httpMessage || !server || ignored.has(server)) return
    const exchange = new RefusedExchange(socket)
    if (!exchange.offerTo(observers(), 'serverExchange')) return
    exchange.response(new ErrorResponseHead(status))
    exchange.end('error')
  })
}

/** Of a head that could not be read nothing is known, nor when it began. */
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
