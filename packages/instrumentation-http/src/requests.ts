import {
  activeContext,
  contextOfSpan,
  createLabelSet,
  createOptionalInstruments,
  type InstrumentOptions,
  UNKNOWN,
} from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import type { Meter, SpanContext } from '@opentelemetry/api'
import { type RouteOrigin, startRouteFinder } from './routes/route-finder.ts'
import { findServerSpan } from './server-span.ts'

/** nginx's status for a client that disconnected before its response was complete. */
const CLIENT_CLOSED_REQUEST = '499'

interface RequestOptions extends InstrumentOptions {
  /** Decides by a request's target whether it is left out of all four metrics. */
  readonly isIgnored: ((target: string) => boolean) | undefined
  readonly routes: RouteOrigin | undefined
}

const KEYS = ['requests', 'requestDuration', 'requestSize', 'responseSize'] as const

/**
 * Records the four metrics of requests, each once for a request, at the end of its exchange. Returns nothing if none of them is
 * asked for.
 */
export function countRequests(meter: Meter, { isIgnored, routes: origin = 'auto', ...options }: RequestOptions) {
  const instruments = createOptionalInstruments(meter, KEYS, options)
  if (instruments === undefined) return undefined
  const { requests, requestDuration, requestSize, responseSize } = instruments
  const hasSizes = requestSize !== undefined || responseSize !== undefined
  const labelSet = createLabelSet('http')
  const routes = startRouteFinder(origin)

  class RequestListener implements ExchangeListener {
    readonly countBytes = hasSizes
    readonly #exchange: Exchange
    /** The status of the head that was sent; 0 where the app, or Node, cut the connection before any head. */
    #status = 0
    #span: SpanContext | undefined

    constructor(exchange: Exchange) {
      this.#exchange = exchange
    }

    response(head: ResponseHead): void {
      this.#status = head.status
      const context = activeContext()
      if (context === undefined || this.#exchange.incoming === undefined) return
      routes.onResponseHead(this.#exchange.incoming, context)
      this.#span = findServerSpan(this.#exchange, context)
    }

    end(outcome: Outcome): void {
      record(this.#exchange, this.#status, outcome, this.#span)
    }
  }

  function record(exchange: Exchange, status: number, outcome: Outcome, span: SpanContext | undefined): void {
    const statusLabel = outcome === 'aborted' ? CLIENT_CLOSED_REQUEST : String(status)
    const route = exchange.incoming === undefined ? UNKNOWN : routes.find(exchange.incoming, status, exchange.target)
    const labels = labelSet.of(exchange.method, statusLabel, route, exchange.protocol)
    requests?.add(1, labels)
    const durationSeconds = (exchange.endMs - exchange.startMs) / 1000
    // A value that is not known is NaN, and is not recorded.
    if (durationSeconds >= 0) requestDuration?.record(durationSeconds, labels, contextOfSpan(span))
    if (exchange.requestBytes >= 0) requestSize?.record(exchange.requestBytes, labels)
    if (exchange.responseBytes >= 0) responseSize?.record(exchange.responseBytes, labels)
  }

  return {
    serverExchange: (exchange: Exchange): ExchangeListener | undefined =>
      isIgnored?.(exchange.target) ? undefined : new RequestListener(exchange),
    stop: routes.stop,
  }
}
