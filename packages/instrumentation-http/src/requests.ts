import { createInstruments, createLabelSet, type MetricSelector, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { type Routes, watchRoutes } from './routes/index.ts'

/** A client that went away before its response was complete has no status; nginx's code stands for it. */
const CLIENT_CLOSED_REQUEST = '499'

/** The four metrics of requests: recorded once, at an exchange's end. */
export function countRequests(meter: Meter, metrics?: readonly MetricSelector[]) {
  const instruments = createInstruments(meter, ['requests', 'requestDuration', 'requestSize', 'responseSize'], metrics)
  const labelSet = createLabelSet('http')
  const routes = watchRoutes()

  /** `label` is the status as the metrics have it; `status` that of the head that was sent, 0 without one. */
  function record(exchange: Exchange, label: string, status: number): void {
    const labels = labelSet.of(exchange.method, label, routeOf(routes, exchange, status), exchange.protocol)
    instruments.requests.add(1, labels)
    const durationSeconds = (exchange.endMs - exchange.startMs) / 1000
    // What cannot be known is NaN: it is left out.
    if (durationSeconds >= 0) instruments.requestDuration.record(durationSeconds, labels)
    if (exchange.requestBytes >= 0) instruments.requestSize.record(exchange.requestBytes, labels)
    if (exchange.responseBytes >= 0) instruments.responseSize.record(exchange.responseBytes, labels)
  }

  class RequestListener implements ExchangeListener {
    readonly countBytes = true
    readonly #exchange: Exchange
    /** Of the head that was sent; there is none where the app, or Node, cut the connection before. */
    #status = 0

    constructor(exchange: Exchange) {
      this.#exchange = exchange
    }

    response(head: ResponseHead): void {
      this.#status = head.status
      if (this.#exchange.incoming !== undefined) routes.onHead(this.#exchange.incoming)
    }

    end(outcome: Outcome): void {
      record(this.#exchange, outcome === 'aborted' ? CLIENT_CLOSED_REQUEST : String(this.#status), this.#status)
    }
  }

  return {
    serverExchange: (exchange: Exchange): ExchangeListener => new RequestListener(exchange),
    stop: routes.stop,
  }
}

function routeOf(routes: Routes, exchange: Exchange, status: number): string {
  return exchange.incoming === undefined ? UNKNOWN : routes.of(exchange.incoming, status)
}
