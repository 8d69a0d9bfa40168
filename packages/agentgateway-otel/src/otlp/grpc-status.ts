import type { IncomingHttpHeaders } from 'node:http2'
import { excerpt } from './excerpt.ts'
import { retryDelayOf } from './grpc-retry-info.ts'
import { type Attempt, DataRefusedError, retryable } from './transport.ts'

/** The status codes of gRPC, by their number. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/**
 * The codes after which OTLP's specification (opentelemetry-proto, docs/specification.md, "Failures" of OTLP/gRPC) has
 * a client try again.
 */
const RETRYABLE: ReadonlySet<string> = new Set([
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNAVAILABLE',
  'DATA_LOSS',
])

/** The statuses of HTTP that gRPC's mapping makes UNAVAILABLE: they come from a proxy. */
const RETRYABLE_HTTP: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** What arrived of the response to a call. */
export interface GrpcResponse {
  /** The head; undefined when none arrived. */
  readonly headers: IncomingHttpHeaders | undefined
  /** The fields after the body. A response without a body has the status in its head. */
  readonly trailers: IncomingHttpHeaders | undefined
}

/** What to look at, by the code. */
const HINTS: Readonly<Record<string, string>> = {
  PERMISSION_DENIED: ' (check OTEL_EXPORTER_OTLP_HEADERS)',
  UNAUTHENTICATED: ' (check OTEL_EXPORTER_OTLP_HEADERS)',
  UNIMPLEMENTED: ' (it does not receive metrics by OTLP over gRPC there)',
}

/** Returns what the response makes of the attempt; undefined when the call succeeded, or the response is not whole. */
export function failureOf({ headers, trailers }: GrpcResponse): Attempt | undefined {
  const fields = trailers ?? headers
  const status = single(fields?.['grpc-status'])
  if (fields !== undefined && status !== undefined) return status === '0' ? undefined : failureOfStatus(status, fields)
  return headers === undefined ? undefined : failureOfHttp(headers)
}

/** Whether the response says that the call succeeded. */
export const isSuccess = ({ headers, trailers }: GrpcResponse) => single((trailers ?? headers)?.['grpc-status']) === '0'

function failureOfStatus(status: string, fields: IncomingHttpHeaders): Attempt {
  const code = CODES[Number(status)] ?? `status ${excerpt(status)}`
  const message = excerpt(decodePercent(single(fields['grpc-message']) ?? ''))
  const text = `the collector responded with ${code}${HINTS[code] ?? ''}${message === '' ? '' : `: ${message}`}`
  if (code === 'INVALID_ARGUMENT') return { outcome: 'refused', error: new DataRefusedError(text) }
  const error = new Error(text)
  const retryAfterMs = retryDelayOf(single(fields['grpc-status-details-bin']))
  const isRetryable = RETRYABLE.has(code) || (code === 'RESOURCE_EXHAUSTED' && retryAfterMs !== undefined)
  return isRetryable ? { outcome: 'retryable', error, retryAfterMs } : { outcome: 'refused', error }
}

/** A response without a status of gRPC comes from a proxy, or from a server that is no collector. */
function failureOfHttp(headers: IncomingHttpHeaders): Attempt | undefined {
  const httpStatus = Number(headers[':status'])
  const contentType = headers['content-type'] ?? ''
  if (httpStatus === 200 && contentType.startsWith('application/grpc')) return undefined
  const type = contentType === '' ? 'no content type' : `the content type ${excerpt(contentType)}`
  const text = `the collector responded by HTTP with status ${httpStatus} and ${type}, not by gRPC`
  if (RETRYABLE_HTTP.has(httpStatus)) return retryable(new Error(text))
  return { outcome: 'refused', error: new Error(`${text}; its port for gRPC is usually 4317`) }
}

const single = (field: string | string[] | undefined) => (Array.isArray(field) ? field[0] : field)

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
