import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { MeterProvider } from '@agentgateway-otel/meter'
import { createInstruments, createLabelSet } from '@agentgateway-otel/metrics'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'

/** What the exemplars of the duration of requests should be: one of each bucket, of the last measurement in it. */
export interface TracedMetrics {
  /** The URL of the metrics. */
  readonly url: string
  readonly exemplars: readonly { readonly value: number; readonly labels: Readonly<Record<string, string>> }[]
  /** Counts the first request of a series of `agentgateway_requests_total`, whose label `status` is 429. */
  countFirst(): void
  close(): Promise<void>
}

/** Serves a histogram of the table that was recorded within spans. */
export async function serveTracedMetrics(): Promise<TracedMetrics> {
  const endpoint = createScrapeEndpoint({ onError: (error) => console.error(error) })
  const provider = new MeterProvider({ resource: emptyResource(), readers: [endpoint.reader] })
  const { requests, requestDuration } = createInstruments(provider.getMeter('traced'), ['requests', 'requestDuration'])
  const http = createLabelSet('http')
  const labels = http.of('GET', '200', '/a "b"\\c\nd', 'http')
  const recorded = [0.0005, 0.2, 0.3, 1000].map((value, i) => ({
    value,
    traceId: (i + 1).toString(16).padStart(32, 'a'),
    spanId: (i + 1).toString(16).padStart(16, 'b'),
  }))
  for (const { value, ...ids } of recorded)
    requestDuration?.record(value, labels, trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: 1 }))
  requestDuration?.record(0.0006, labels)
  const { url } = await endpoint.listen({ host: '127.0.0.1', port: 0 })
  const exemplars = recorded.map(({ value, traceId, spanId }) => ({
    value,
    labels: { trace_id: traceId, span_id: spanId },
  }))
  const countFirst = () => requests?.add(1, http.of('GET', '429', '/', 'http'))
  return { url, exemplars, countFirst, close: () => endpoint.close() }
}
