import { activeContext, isSampled, parseTraceparent, sampledSpanIn } from '@agentgateway-otel/metrics'
import type { Exchange } from '@agentgateway-otel/wire'
import type { SpanContext } from '@opentelemetry/api'

/**
 * Starts to look for the span of an exchange, as it begins, in an app that has an OpenTelemetry SDK; returns undefined in an
 * app that has none.
 *
 * The function that it returns is to be called at the end of the exchange. It returns the sampled span that stands for the
 * exchange, or that contains it; undefined if there is none, or if that is not certain. What the request itself sent is
 * certain: the `traceparent` that a tracing agent added, possibly after the exchange was observed, names the agent's span of
 * this request. Otherwise it is the span that was active where the app made the request, such as one of its own around the
 * call.
 */
export function watchCallSpan(exchange: Exchange): (() => SpanContext | undefined) | undefined {
  const context = activeContext()
  if (context === undefined) return undefined
  const active = sampledSpanIn(context)
  const caller = active !== undefined && exchange.isInCallerContext ? active : undefined
  return () => {
    const sent = parseTraceparent(exchange.header('traceparent'))
    if (sent === undefined) return caller
    return isSampled(sent.traceFlags) ? sent : undefined
  }
}
