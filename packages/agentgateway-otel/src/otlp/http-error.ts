import { type Attempt, retryable } from './transport.ts'

type NodeError = Error & { readonly code?: string; readonly rawPacket?: Buffer }

/** Node's codes of a certificate whose authority is not known. */
const UNKNOWN_AUTHORITY =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/

/** Node's codes of a connection that the collector closed, depending on what was done with it when that was noticed. */
const CLOSED = /^(?:ECONNABORTED|ECONNRESET|EPIPE)$/

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
  if (UNKNOWN_AUTHORITY.test(code)) {
    return refused(
      `the authority of the collector's certificate is not known (${code}); name the file of its certificate in OTEL_EXPORTER_OTLP_CERTIFICATE`,
    )
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return refused(message)
  if (protocol === 'https:' && (code === 'EPROTO' || code.startsWith('ERR_SSL_'))) {
    return refused(`there is no TLS connection to the collector (${code}); is its URL one with http?`)
  }
  if (CLOSED.test(code)) {
    const hint = port === '4317' ? `; ${GRPC_HINT}` : ''
    return retryable(new Error(`the collector closed the connection without a response${hint}: ${message}`))
  }
  return retryable(error)
}

const refused = (text: string): Attempt => ({ outcome: 'refused', error: new Error(text) })

/** Whether the bytes begin with a frame of HTTP/2's settings, which a server sends first. */
const isHttp2 = (bytes: Buffer | undefined) => bytes !== undefined && bytes[0] === 0 && bytes[1] === 0 && bytes[3] === 4
