import type { Collector, Span } from './collector.ts'
import { serveJson } from './server.ts'

/** The APM server's intake v2: lines of JSON, each an object with one member, whose name is the kind of the event. */
export async function startElasticApm(): Promise<Collector> {
  const spans: Span[] = []
  const metrics = new Set<string>()
  const { port, close } = await serveJson((path, body) => {
    if (!path.startsWith('/intake/v2/events')) return {}
    for (const line of body.toString().trim().split('\n')) {
      const { transaction, span, metricset } = JSON.parse(line)
      for (const name of Object.keys(metricset?.samples ?? {})) metrics.add(name)
      const traced = transaction ?? span
      if (traced === undefined) continue
      const { id, parent_id: parent = '', name } = traced
      spans.push({ id, parent, name, isServer: transaction !== undefined, details: line })
    }
    return {}
  })
  return {
    env: {
      ELASTIC_APM_SERVER_URL: `http://127.0.0.1:${port}`,
      ELASTIC_APM_SERVICE_NAME: 'shop',
      ELASTIC_APM_API_REQUEST_TIME: '200ms',
      ELASTIC_APM_METRICS_INTERVAL: '1s',
      ELASTIC_APM_CENTRAL_CONFIG: 'false',
      ELASTIC_APM_CLOUD_PROVIDER: 'none',
      ELASTIC_APM_LOG_LEVEL: 'off',
      // Sends each span, also those of calls that are alike.
      ELASTIC_APM_SPAN_COMPRESSION_ENABLED: 'false',
    },
    report: () => ({ spans, metrics }),
    close,
  }
}
