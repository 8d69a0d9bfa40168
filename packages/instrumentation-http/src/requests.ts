import { createInstruments, createLabelSet, type MetricSelector, UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { type Routes, watchRoutes } from './routes/find-route.ts'

/** The status for a client that went away before its response was complete: nginx's code for it. */
const CLIENT_CLOSED_REQUEST = '499'

/** Records the four metrics of requests, once, when an exchange ends. */
export function countRequests(meter: Meter, metrics?: readonly MetricSelector[]) {
  const instruments = createInstruments(meter, ['requests', 'requestDuration', 'requestSize', 'responseSize'], metrics)
  const labelSet = createLabelSet('http')
  const routes = watchRoutes()

  /**
   * @param label the status as the metrics have it
   * @param status the status of the head that was sent; 0 if none was
   */
  function record(exchange: Exchange, label: string, status: number): void {
    const labels = labelSet.of(exchange.method, label, routeOf(routes, exchange, status), exchange.protocol)
    instruments.requests.add(1, labels)
    const durationSeconds = (exchange.endMs - exchange.startMs) / 1000
    // A value that cannot be known is NaN, and is not recorded.
    if (durationSeconds >= 0) instruments.requestDuration.record(durationSeconds, labels)
    if (exchange.requestBytes >= 0) instruments.requestSize.record(exchange.requestBytes, labels)
    if (exchange.responseBytes >= 0) instruments.responseSize.record(exchange.responseBytes, labels)
  }

  class RequestListener implements ExchangeListener {
    readonly countBytes = true
    readonly #exchange: Exchange
    /** The status of the head that was sent; 0 if the app or Node.js cut the connection before that. */
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
