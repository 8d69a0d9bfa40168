import { MockOtlpServer } from '@elastic/mockotlpserver'
import type { Collector, Span } from './collector.ts'

interface OtlpSpan {
  readonly spanId: Uint8Array
  readonly parentSpanId?: Uint8Array
  readonly kind: number | string
}

interface OtlpMetric {
  readonly name: string
  readonly histogram?: { readonly dataPoints: readonly { readonly count: string | number }[] }
}

/** SPAN_KIND_SERVER of OTLP. */
const SERVER = 2

const toHex = (id: Uint8Array | undefined) => Buffer.from(id ?? []).toString('hex')

/** A collector for OTLP by HTTP. */
export async function startOtlp(): Promise<Collector> {
  const spans: Span[] = []
  let metric = 0
  const server = new MockOtlpServer({
    services: ['http'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    logLevel: 'error',
    onTrace(request) {
      const { resourceSpans } = request as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] }
      for (const { spanId, parentSpanId, kind } of resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans),
      )) {
        spans.push({ id: toHex(spanId), parent: toHex(parentSpanId), isServer: kind === SERVER || kind === 'SPAN_KIND_SERVER' })
      }
    },
    onMetrics(request) {
      const { resourceMetrics } = request as { resourceMetrics: { scopeMetrics: { metrics: OtlpMetric[] }[] }[] }
      for (const { name, histogram } of resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics),
      )) {
        if (name !== 'http.server.request.duration') continue
        // Cumulative: the last export has them all.
        metric = (histogram?.dataPoints ?? []).reduce((sum, { count }) => sum + Number(count), 0)
      }
    },
  })
  await server.start()
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: server.httpUrl?.href ?? '',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '200',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
    },
    told: () => ({ spans, metric }),
    close: () => server.close(),
  }
}
