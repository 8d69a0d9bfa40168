import { parseTraceparent, sampledSpan, sampledSpanIn } from '@agentgateway-otel/metrics'
import type { Exchange } from '@agentgateway-otel/wire'
import type { Context, SpanContext } from '@opentelemetry/api'
import { rpcMetadataOf } from './rpc-metadata.ts'

/** The part of the SDK's span that is read: what is not of the API's `Span` may be absent. */
interface SdkSpan {
  isRecording(): boolean
  readonly attributes?: {
    readonly 'network.peer.address'?: unknown
    readonly 'network.peer.port'?: unknown
  }
}

/**
 * Returns the sampled span of the app's OpenTelemetry SDK that stands for this request, or at least is of its trace;
 * undefined if there is none, or if that is not certain.
 *
 * The context is that of the code that responds. That is not always the request's own: an app may respond to several
 * requests at once, or in a callback of a pool that runs in another request's context. So a span needs evidence that it is
 * of this request. Either it is the server span of HttpInstrumentation and has this connection's peer; a connection has one
 * open request at a time, save for pipelining. Or it is of the trace that the request's own `traceparent` names.
 */
export function findServerSpan(exchange: Exchange, context: Context): SpanContext | undefined {
  try {
    const serverSpan = rpcMetadataOf(context)?.span
    const serverIds = sampledSpan(serverSpan)
    if (serverIds !== undefined && isOfPeer(serverSpan as SdkSpan, exchange)) return serverIds
    const activeIds = sampledSpanIn(context)
    if (serverIds === undefined && activeIds === undefined) return undefined
    const sent = parseTraceparent(exchange.header('traceparent'))
    return sent && [serverIds, activeIds].find((ids) => ids?.traceId === sent.traceId)
  } catch {
    // The context and its spans are the app's, and reading them may throw.
    return undefined
  }
}

/** Returns whether the span is that of a request from the exchange's peer, and has not ended. */
function isOfPeer(span: SdkSpan, { socket }: Exchange): boolean {
  return (
    socket?.remotePort !== undefined &&
    span.attributes?.['network.peer.port'] === socket.remotePort &&
    span.attributes['network.peer.address'] === socket.remoteAddress &&
    span.isRecording()
  )
}
