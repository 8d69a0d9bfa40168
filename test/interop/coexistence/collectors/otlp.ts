import { inspect } from 'node:util'
import { startOtlpCollector } from '../../../harness/otlp-collector.ts'
import type { Collector, Span } from './collector.ts'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

interface OtlpSpan {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  readonly parentSpanId?: Uint8Array
  readonly name: string
  readonly kind: number
  readonly attributes?: readonly Attribute[]
}

interface Points<Point> {
  readonly aggregationTemporality: number
  readonly dataPoints: readonly (Point & { readonly attributes?: readonly { readonly key: string }[] })[]
}

interface OtlpMetric {
  readonly name: string
  readonly sum?: Points<object>
  readonly gauge?: Points<object>
  readonly histogram?: Points<{ readonly count: string | number }>
}

/** SPAN_KIND_SERVER of OTLP. */
const SERVER = 2

/** AGGREGATION_TEMPORALITY_DELTA of OTLP. */
const DELTA = 1

interface Resource {
  readonly attributes: readonly Attribute[]
}

const isOf = (service: string, { attributes }: Resource) =>
  attributes.some(({ key, value }) => key === 'service.name' && value.stringValue === service)

/** Whether the preload sent it, which may export to the same collector: each of its points has the label `gateway`. */
const isOfPreload = ({ sum, gauge, histogram }: OtlpMetric) =>
  (sum ?? gauge ?? histogram)?.dataPoints.some(({ attributes = [] }) => attributes.some(({ key }) => key === 'gateway'))

let services = 0

/**
 * The id of a span, or of a trace, in hexadecimal digits. Of a request in JSON, the collector's decoder gives the digits as bytes.
 *
 * @param length the length of such an id in bytes
 */
function toHex(id: Uint8Array | undefined, length = 8): string {
  const bytes = Buffer.from(id ?? [])
  return bytes.toString(bytes.length === 2 * length ? 'utf8' : 'hex')
}

const routeOf = (attributes: readonly Attribute[] = []) =>
  attributes.find(({ key }) => key === 'http.route')?.value.stringValue

/** A collector for OTLP by HTTP. */
export async function startOtlp(service = `shop-${++services}`): Promise<Collector> {
  const spans: Span[] = []
  const metrics = new Set<string>()
  let metric = 0
  const { endpoint, close } = await startOtlpCollector({
    onTrace(request) {
      const { resourceSpans } = request as {
        resourceSpans: { resource: Resource; scopeSpans: { spans: OtlpSpan[] }[] }[]
      }
      const own = resourceSpans.filter(({ resource }) => isOf(service, resource))
      const reported = own.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      for (const { spanId, parentSpanId, name, kind, ...rest } of reported) {
        const route = routeOf(rest.attributes)
        spans.push({
          trace: toHex(rest.traceId, 16).slice(-16),
          ...(route !== undefined && { route }),
          id: toHex(spanId),
          parent: toHex(parentSpanId),
          name,
          isServer: kind === SERVER,
          details: inspect(rest, { depth: 9 }),
        })
      }
    },
    onMetrics(request) {
      const { resourceMetrics } = request as {
        resourceMetrics: { resource: Resource; scopeMetrics: { metrics: OtlpMetric[] }[] }[]
      }
      const own = resourceMetrics.filter(({ resource }) => isOf(service, resource))
      for (const metricOfAgent of own.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))) {
        if (isOfPreload(metricOfAgent)) continue
        const { name, histogram } = metricOfAgent
        metrics.add(name)
        if (name !== 'http.server.request.duration' || histogram === undefined) continue
        const count = histogram.dataPoints.reduce((sum, { count }) => sum + Number(count), 0)
        metric = histogram.aggregationTemporality === DELTA ? metric + count : count
      }
    },
  })
  return {
    env: {
      OTEL_SERVICE_NAME: service,
      // Some agents append the path without looking for a slash.
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.replace(/\/$/, ''),
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '200',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
    },
    report: () => ({ spans, metrics, metric }),
    close,
  }
}
