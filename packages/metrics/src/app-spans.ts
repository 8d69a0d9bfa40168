import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags } from '@opentelemetry/api'

// Spans and contexts are read from the global of the app's own OpenTelemetry SDK. They are the app's data, of any version
// of @opentelemetry/api 1.x, so everything that reads them is guarded.

/** The global of @opentelemetry/api 1.x. Reading it neither imports the app's copy of the API nor registers anything. */
const API = Symbol.for('opentelemetry.js.api.1')

/** The key of a context's span. The API makes such keys with `Symbol.for`, so that all its copies share them. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

/** `traceparent` of W3C Trace Context, of version 00 or a later one. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/

/**
 * Returns the context of OpenTelemetry that is active in the app's code that runs now; undefined if the app has no
 * OpenTelemetry SDK, which costs the read of one property.
 */
export function activeContext(): Context | undefined {
  try {
    const api = (globalThis as { [API]?: { readonly context?: { active(): Context } } })[API]
    return api === undefined ? undefined : api.context?.active()
  } catch {
    return undefined
  }
}

/** Returns the ids of the span that this context has; undefined unless it is sampled. */
export function sampledSpanIn(context: Context): SpanContext | undefined {
  try {
    return sampledSpan(context.getValue(SPAN))
  } catch {
    return undefined
  }
}

/** Returns the ids of this span of the app; undefined unless it is a span that is sampled. */
export function sampledSpan(span: unknown): SpanContext | undefined {
  try {
    const { traceId, spanId, traceFlags } = (span as { spanContext(): SpanContext }).spanContext()
    // A copy, since the object may hold more of the app's, such as a `traceState`.
    return isSampled(traceFlags) ? { traceId, spanId, traceFlags } : undefined
  } catch {
    return undefined
  }
}

/** Returns the span that a `traceparent` header names, sampled or not; undefined if it names none. */
export function parseTraceparent(header: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = (header !== undefined && TRACEPARENT.exec(header)) || []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) }
}

export const isSampled = (traceFlags: number) => (traceFlags & TraceFlags.SAMPLED) !== 0

/** Returns the context that `Histogram.record` takes, so that the measurement has this span as its exemplar. */
export const contextOfSpan = (span: SpanContext | undefined): Context | undefined => span && new SpanOnlyContext(span)

/**
 * A context that has one span, which is the object itself, and nothing else. One is made for each measurement, and
 * `trace.setSpanContext` of the API would take 20 times as long, and add 22 KB to the preload.
 */
class SpanOnlyContext implements Context {
  readonly #ids: SpanContext

  constructor(ids: SpanContext) {
    this.#ids = ids
  }

  spanContext(): SpanContext {
    return this.#ids
  }

  getValue(key: symbol): unknown {
    return key === SPAN ? this : undefined
  }

  setValue(key: symbol, value: unknown): Context {
    return ROOT_CONTEXT.setValue(SPAN, this).setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return key === SPAN ? ROOT_CONTEXT : this
  }
}
