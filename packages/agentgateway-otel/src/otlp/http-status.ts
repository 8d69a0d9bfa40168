import { excerpt } from './excerpt.ts'
import type { HttpResponse } from './http-exchange.ts'
import { retryAfterMs } from './retry-after.ts'
import { shownUrl } from './shown-url.ts'
import { statusMessage } from './status-message.ts'
import { type Attempt, DataRefusedError } from './transport.ts'

/** The statuses after which OTLP's specification ("Retryable Response Codes") has a client try again. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** The statuses that say that the data is wrong: those that the specification names, "Bad Data" and a size limit. */
const BAD_DATA: ReadonlySet<number> = new Set([400, 413])

/** What to look at, by the status. */
const HINTS: Readonly<Record<number, string>> = {
  401: ' (check OTEL_EXPORTER_OTLP_HEADERS)',
  403: ' (check OTEL_EXPORTER_OTLP_HEADERS)',
  404: ' (check the path, which is usually /v1/metrics)',
  405: ' (check the path, which is usually /v1/metrics)',
  415: ' (check OTEL_EXPORTER_OTLP_PROTOCOL)',
}

/** The types of OTLP's own responses. Some collectors name none. */
const OTLP_TYPE = /^(?:application\/(?:x-protobuf|protobuf|json)\b|$)/i

/** Returns what a response makes of the attempt. */
export function attemptOf(response: HttpResponse): Attempt {
  const { statusCode, headers } = response
  if (statusCode >= 200 && statusCode < 300) {
    return { outcome: 'accepted', body: response.body, problem: problemOf(response) }
  }
  const { location } = headers
  if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
    const text = `the collector redirects by ${statusCode} to ${shownUrl(location)}, which is not followed; set OTEL_EXPORTER_OTLP_ENDPOINT to where it is`
    return { outcome: 'refused', error: new Error(text) }
  }
  const message = statusMessage(response)
  const text = `the collector responded with ${statusCode}${HINTS[statusCode] ?? ''}${message === '' ? '' : `: ${message}`}`
  if (RETRYABLE.has(statusCode)) {
    return { outcome: 'retryable', error: new Error(text), retryAfterMs: retryAfterMs(headers['retry-after']) }
  }
  return { outcome: 'refused', error: BAD_DATA.has(statusCode) ? new DataRefusedError(text) : new Error(text) }
}

/** Returns why the body of a success is none of OTLP's; undefined where it may be one. */
function problemOf({ headers, body, isCut }: HttpResponse): string | undefined {
  if (isCut) return `its body has more than ${body.length} bytes`
  const type = headers['content-type'] ?? ''
  return body.length > 0 && !OTLP_TYPE.test(type) ? `its content type is ${excerpt(type)}` : undefined
}
