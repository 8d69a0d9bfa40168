import https from 'node:https'
import type { Collector, Span } from './collector.ts'
import { CERTIFICATE, CERTIFICATE_FILE, serveJson } from './server.ts'

/** An item of telemetry, as Application Insights' ingestion takes it. */
interface Envelope {
  readonly tags: Readonly<Record<string, string>>
  readonly data: {
    readonly baseType: string
    readonly baseData: { readonly id?: string; readonly name?: string; readonly metrics?: readonly { name: string }[] }
  }
}

/** Application Insights' ingestion, `/v2.1/track`, to which the agent sends by https alone. */
export async function startAzure(): Promise<Collector> {
  const spans: Span[] = []
  const metrics = new Set<string>()
  const respond = (path: string, body: Buffer) => {
    if (!path.endsWith('/track')) return {}
    const envelopes = JSON.parse(body.toString()) as Envelope[]
    for (const { tags, data } of envelopes) {
      const { id = '', name = '' } = data.baseData
      for (const metric of data.baseData.metrics ?? []) metrics.add(metric.name)
      const isServer = data.baseType === 'RequestData'
      if (!isServer && data.baseType !== 'RemoteDependencyData') continue
      spans.push({ id, parent: tags['ai.operation.parentId'] ?? '', name, isServer, details: JSON.stringify(data) })
    }
    return { itemsReceived: envelopes.length, itemsAccepted: envelopes.length, errors: [] }
  }
  const { port, close } = await serveJson(respond, https.createServer(CERTIFICATE))
  const url = `https://localhost:${port}/`
  return {
    env: {
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=${url};LiveEndpoint=${url}`,
      NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE,
      // Outside of an App Service it queries the metadata service of the cloud.
      WEBSITE_SITE_NAME: 'shop',
      // Without these it sends statistics about itself to its vendor.
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true',
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      APPLICATIONINSIGHTS_STATSBEAT_DISABLED: 'true',
      APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
      OTEL_NODE_RESOURCE_DETECTORS: 'env',
      // The default is five traces a second.
      OTEL_TRACES_SAMPLER: 'always_on',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
    report: () => ({ spans, metrics }),
    close,
  }
}
