import type { Context, SpanContext } from '@opentelemetry/api'

/** A measurement with the span that was active where it was made. */
export interface PointExemplar {
  readonly value: number
  /** When it was recorded, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly traceId: string
  readonly spanId: string
}

/** The key of `trace.getSpan`. The API makes such keys with `Symbol.for`, so that all its copies share them. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

const TRACE_ID_LENGTH = 32
const SPAN_ID_LENGTH = 16
const SAMPLED = 1

/**
 * Returns the exemplar of a measurement that was recorded with this context; undefined if the context has no sampled span,
 * or if the span cannot be read: contexts and spans are the app's, and may be of any version.
 */
export function createExemplar(value: number, context: Context): PointExemplar | undefined {
  try {
    const span = context.getValue(SPAN) as { spanContext(): SpanContext } | undefined
    if (span === undefined) return undefined
    const { traceId, spanId, traceFlags } = span.spanContext()
    if ((traceFlags & SAMPLED) === 0 || !isId(traceId, TRACE_ID_LENGTH) || !isId(spanId, SPAN_ID_LENGTH))
      return undefined
    return { value, timeMs: Date.now(), traceId, spanId }
  } catch {
    return undefined
  }
}

/** Whether an id has this many hexadecimal digits that are not all zero. A regular expression would take twice as long. */
function isId(id: unknown, length: number): boolean {
  if (typeof id !== 'string' || id.length !== length) return false
  let isZero = true
  for (let i = 0; i < length; i++) {
    const code = id.charCodeAt(i)
    if (code !== ZERO) isZero = false
    if (!(code >= ZERO && code <= NINE) && !(code >= LOWER_A && code <= LOWER_F)) return false
  }
  return !isZero
}

const [ZERO, NINE, LOWER_A, LOWER_F] = [0x30, 0x39, 0x61, 0x66]
