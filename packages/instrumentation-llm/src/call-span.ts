import { activeContext, isSampled, parseTraceparent, sampledSpanIn } from '@agentgateway-otel/metrics'
import type { Exchange } from '@agentgateway-otel/wire'
import type { SpanContext } from '@opentelemetry/api'

/**
 * Begins to look for the span of an exchange, in an app that has an OpenTelemetry SDK, while the exchange is offered to its
 * observer. Returns undefined in an app that has none, and where the exchange may run in the context of another one.
 *
 * The function that it returns is to be called at the end of the exchange. It returns the sampled span that stands for the
 * exchange, or else contains it; undefined if there is none. The one that stands for it is in the `traceparent` that the
 * request sent, which a tracing agent may add only after the exchange was offered. The one that contains it was active where
 * the app made the request, such as a span of its own around the call.
 */
export function watchCallSpan(exchange: Exchange): (() => SpanContext | undefined) | undefined {
  const context = activeContext()
  if (context === undefined || !exchange.isInCallerContext) return undefined
  const active = sampledSpanIn(context)
  return () => {
    const sent = parseTraceparent(exchange.header('traceparent'))
    if (sent === undefined) return active
    return isSampled(sent.traceFlags) ? sent : undefined
  }
}
