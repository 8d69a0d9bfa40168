import type { OutgoingHttpHeaders } from 'node:http2'
import { VERSION } from '../version.ts'

const PATH = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'

/**
 * Returns the header fields of every call.
 *
 * @param metadata what the user adds; the value of a key that ends in `-bin` is sent as bytes, which is Base64 here
 */
export function createRequestHeaders(
  metadata: Readonly<Record<string, string>>,
  isCompressed: boolean,
): OutgoingHttpHeaders {
  const custom = Object.entries(metadata).map(([name, value]) => {
    const key = name.toLowerCase()
    return [key, key.endsWith('-bin') ? Buffer.from(value).toString('base64') : value]
  })
  return {
    'user-agent': `agentgateway-otel/${VERSION}`,
    ...Object.fromEntries(custom),
    ':method': 'POST',
    ':path': PATH,
    te: 'trailers',
    'content-type': 'application/grpc',
    'grpc-accept-encoding': 'identity,gzip',
    ...(isCompressed && { 'grpc-encoding': 'gzip' }),
  }
}

/** Eight digits are the longest that a time may have. */
const MAX_TIMEOUT = 99_999_999

/** Returns a time in the format of `grpc-timeout`. */
export function formatTimeout(milliseconds: number): string {
  const whole = Math.max(1, Math.ceil(milliseconds))
  return whole <= MAX_TIMEOUT ? `${whole}m` : `${Math.min(MAX_TIMEOUT, Math.ceil(whole / 1000))}S`
}
