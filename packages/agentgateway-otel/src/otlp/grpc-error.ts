import { CLOSED } from './http-error.ts'
import { attemptOfTlsError } from './tls-error.ts'
import { type Attempt, retryable } from './transport.ts'

const PORT_HINT =
  'is this the port for HTTP? Then set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, else use the one for gRPC, usually 4317'

/** What is known of a connection whose call has no status. */
export interface FailedConnection {
  readonly url: URL
  /** Whether the collector has shown that it speaks HTTP/2. */
  readonly isHttp2: boolean
}

/**
 * Returns what an attempt is that ended without the status of a response.
 *
 * @param error the connection's or the stream's, as Node.js has it; undefined when the collector ended the call in order
 */
export function attemptOfError(
  error: (Error & { readonly code?: string }) | undefined,
  { url, isHttp2 }: FailedConnection,
): Attempt {
  if (error === undefined && isHttp2) return retryable(new Error('the collector ended the call without a status'))
  const { code = 'ECONNRESET', message = 'the connection was closed' } = error ?? {}
  // The first is of a server that knows only other protocols within TLS, the second of one that sent something else.
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' || (code === 'ERR_HTTP2_ERROR' && !isHttp2)) {
    return {
      outcome: 'refused',
      error: new Error(`the collector does not speak HTTP/2 there; ${PORT_HINT}: ${message}`),
    }
  }
  const attempt = url.protocol === 'https:' ? attemptOfTlsError({ name: '', code, message }) : undefined
  if (attempt !== undefined) return attempt
  if (CLOSED.test(code) || code.startsWith('ERR_HTTP2_')) {
    const hint = !isHttp2 && url.port === '4318' ? `; ${PORT_HINT}` : ''
    return retryable(new Error(`the collector closed the connection without a response${hint}: ${message}`))
  }
  return retryable(error ?? new Error(message))
}
