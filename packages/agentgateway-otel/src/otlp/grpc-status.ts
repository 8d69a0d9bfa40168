import type { IncomingHttpHeaders } from 'node:http2'
import { retryDelayOf } from './grpc-retry-info.ts'
import { type Attempt, DataRefusedError } from './transport.ts'

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

/** Returns what the status of the response makes of the attempt; undefined when the call succeeded or has no status. */
export function failureOf({ headers, trailers }: GrpcResponse): Attempt | undefined {
  if (headers === undefined) return undefined
  const httpStatus = Number(headers[':status'])
  const contentType = headers['content-type'] ?? 'none'
  if (httpStatus !== 200 || !contentType.startsWith('application/grpc')) {
    const error = new Error(
      `the collector responded by HTTP with status ${httpStatus} and content type ${printable(contentType)}, not by gRPC; its port for gRPC is usually 4317`,
    )
    if (RETRYABLE_HTTP.has(httpStatus)) return { outcome: 'retryable', error, retryAfterMs: undefined }
    return { outcome: 'refused', error }
  }
  const fields = trailers ?? headers
  const status = single(fields['grpc-status'])
  if (status === undefined || status === '0') return undefined
  return failureOfStatus(CODES[Number(status)] ?? `status ${printable(status)}`, fields)
}

/** Whether the response says that the call succeeded. */
export const isSuccess = ({ headers, trailers }: GrpcResponse) => single((trailers ?? headers)?.['grpc-status']) === '0'

function failureOfStatus(code: string, fields: IncomingHttpHeaders): Attempt {
  const message = decodePercent(single(fields['grpc-message']) ?? '')
  const text = `the collector responded with ${code}${message === '' ? '' : `: ${printable(message)}`}`
  if (code === 'INVALID_ARGUMENT') return { outcome: 'refused', error: new DataRefusedError(text) }
  if (code === 'UNIMPLEMENTED') {
    return { outcome: 'refused', error: new Error(`${text}; it does not receive metrics by OTLP over gRPC there`) }
  }
  const error = new Error(text)
  const retryAfterMs = retryDelayOf(single(fields['grpc-status-details-bin']))
  const isRetryable = RETRYABLE.has(code) || (code === 'RESOURCE_EXHAUSTED' && retryAfterMs !== undefined)
  return isRetryable ? { outcome: 'retryable', error, retryAfterMs } : { outcome: 'refused', error }
}

const single = (field: string | string[] | undefined) => (Array.isArray(field) ? field[0] : field)

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Makes a text of the collector's fit to stand in a line for the terminal. */
const printable = (text: string) => text.slice(0, 200).replace(/\p{C}+/gu, ' ')
