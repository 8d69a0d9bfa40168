import type { Collector, Span } from './collector.ts'
import { serveJson } from './server.ts'

interface SentrySpan {
  readonly span_id: string
  readonly parent_span_id?: string
  readonly name: string
  /** Whether it is the first span of a service, which is the request that it serves. */
  readonly is_segment: boolean
}

/** Sentry's ingestion of envelopes, which are lines of JSON: a header, then pairs of an item's header and payload. */
export async function startSentry(): Promise<Collector> {
  const spans: Span[] = []
  let errors = 0
  const { port, close } = await serveJson((_path, body) => {
    const [, ...lines] = body.toString().trim().split('\n')
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const { type } = JSON.parse(lines[i] as string)
      const payload = JSON.parse(lines[i + 1] as string)
      if (type === 'event') errors++
      if (type !== 'span') continue
      for (const { span_id, parent_span_id = '', name, is_segment, ...rest } of payload.items as SentrySpan[]) {
        spans.push({ id: span_id, parent: parent_span_id, name, isServer: is_segment, details: JSON.stringify(rest) })
      }
    }
    return {}
  })
  return { env: { SENTRY_DSN: `http://key@127.0.0.1:${port}/1` }, report: () => ({ spans, errors }), close }
}
