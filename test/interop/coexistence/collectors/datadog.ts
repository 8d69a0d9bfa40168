import { inspect } from 'node:util'
import { decode } from '@msgpack/msgpack'
import type { Collector, Span } from './collector.ts'
import { serveJson } from './server.ts'

/** A span in the agent's API v0.4, where a payload is a list of traces, and a trace a list of spans. */
interface DatadogSpan {
  readonly trace_id: bigint | number
  readonly span_id: bigint | number
  readonly parent_id: bigint | number
  readonly name: string
  readonly resource: string
  readonly meta: Readonly<Record<string, string>>
}

const toHex = (id: bigint | number) => id.toString(16).padStart(16, '0')

/** Datadog's agent. */
export async function startDatadog(): Promise<Collector> {
  const spans: Span[] = []
  const { port, close } = await serveJson((path, body) => {
    if (path !== '/v0.4/traces') return {}
    for (const trace of decode(body, { useBigInt64: true }) as DatadogSpan[][]) {
      for (const { span_id, parent_id, ...rest } of trace) {
        spans.push({
          id: toHex(span_id),
          parent: toHex(parent_id),
          name: `${rest.name} ${rest.resource}`,
          isServer: rest.meta['span.kind'] === 'server',
          trace: toHex(rest.trace_id),
          ...(rest.meta['http.route'] !== undefined && { route: rest.meta['http.route'] }),
          details: inspect(rest, { depth: 9 }),
        })
      }
    }
    return { rate_by_service: {} }
  })
  return {
    env: {
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${port}`,
      DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
    report: () => ({ spans }),
    close,
  }
}
