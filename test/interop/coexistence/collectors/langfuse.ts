import type { Collector, Span } from './collector.ts'
import { serveJson } from './server.ts'

interface OtlpSpan {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}

/** Langfuse: OTLP as JSON, and its own ingestion of events. */
export async function startLangfuse(): Promise<Collector> {
  const spans: Span[] = []
  const { port, close } = await serveJson((path, body) => {
    if (path === '/api/public/otel/v1/traces') {
      const { resourceSpans } = JSON.parse(body.toString()) as {
        resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[]
      }
      for (const span of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))) {
        const { spanId: id, parentSpanId: parent = '', name } = span
        spans.push({ id, parent, name, isServer: false, details: JSON.stringify(span) })
      }
    } else if (path === '/api/public/ingestion') {
      for (const { type, body: event } of JSON.parse(body.toString()).batch) {
        const { id, traceId: parent = '', name } = event
        spans.push({ id, parent, name: `${type} ${name}`, isServer: false, details: JSON.stringify(event) })
      }
    }
    return { successes: [], errors: [] }
  })
  const url = `http://127.0.0.1:${port}`
  return {
    env: {
      LANGFUSE_PUBLIC_KEY: 'pk',
      LANGFUSE_SECRET_KEY: 'sk',
      LANGFUSE_BASE_URL: url,
      LANGFUSE_BASEURL: url,
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
    },
    report: () => ({ spans }),
    close,
  }
}
