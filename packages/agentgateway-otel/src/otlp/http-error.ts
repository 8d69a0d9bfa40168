import { attemptOfTlsError } from './tls-error.ts'
import { type Attempt, retryable } from './transport.ts'

type NodeError = Error & { readonly code?: string; readonly rawPacket?: Buffer }

/** Node's codes of a connection that the collector closed, depending on what was done with it when that was noticed. */
export const CLOSED = /^(?:ECONNABORTED|ECONNRESET|EPIPE)$/

const GRPC_HINT =
  'is this the port for gRPC? Then set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, else use the one for HTTP, usually 4318'

/** Returns what an attempt is that ended without a whole response. */
export function attemptOfError(error: NodeError, url: string): Attempt {
  const { code = '', message } = error
  const { protocol, port } = new URL(url)
  if (code.startsWith('HPE_')) {
    const what = isHttp2(error.rawPacket) ? 'responded by HTTP/2' : `does not speak HTTP there (${message})`
    return refused(`the collector ${what}; ${GRPC_HINT}`)
  }
  const attempt = protocol === 'https:' ? attemptOfTlsError(error) : undefined
  if (attempt !== undefined) return attempt
  if (CLOSED.test(code)) {
    const hint = port === '4317' ? `; ${GRPC_HINT}` : ''
    return retryable(new Error(`the collector closed the connection without a response${hint}: ${message}`))
  }
  return retryable(error)
}

const refused = (text: string): Attempt => ({ outcome: 'refused', error: new Error(text) })

/** Whether the bytes begin with a frame of HTTP/2's settings, which a server sends first. */
const isHttp2 = (bytes: Buffer | undefined) => bytes !== undefined && bytes[0] === 0 && bytes[1] === 0 && bytes[3] === 4
