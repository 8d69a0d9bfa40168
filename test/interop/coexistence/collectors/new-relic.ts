import https from 'node:https'
import type { Collector, Span } from './collector.ts'
import { CERTIFICATE, CERTIFICATE_FILE, serveJson } from './server.ts'

/** The settings for the agent: it sends everything, several times a second. */
const SETTINGS = {
  agent_run_id: 'run',
  account_id: '1',
  trusted_account_key: '1',
  primary_application_id: '2',
  // The default is ten traces a minute.
  sampling_target: 1000,
  sampling_target_period_in_seconds: 60,
  event_harvest_config: { report_period_ms: 200, harvest_limits: { analytic_event_data: 1000, span_event_data: 1000 } },
  span_event_harvest_config: { report_period_ms: 200, harvest_limit: 1000 },
}

const CLOUDS = ['AWS', 'AZURE', 'AZUREFUNCTION', 'GCP', 'PCF', 'DOCKER', 'KUBERNETES']

interface SpanEvent {
  readonly guid: string
  readonly name: string
  readonly parentId?: string
  readonly 'nr.entryPoint'?: boolean
}

/** New Relic's collector. */
export async function startNewRelic(): Promise<Collector> {
  const spans: Span[] = []
  let transactions = 0
  let isReady = false
  const server = https.createServer(CERTIFICATE)
  const { port, close } = await serveJson((path, body) => {
    switch (new URL(path, 'https://localhost').searchParams.get('method')) {
      case 'preconnect':
        return { return_value: { redirect_host: `localhost:${port}` } }
      case 'connect':
        return { return_value: SETTINGS }
      case 'agent_settings':
        // The agent sends this when it has applied the response to `connect`.
        isReady = true
        break
      case 'analytic_event_data':
        transactions += JSON.parse(body.toString())[2].length
        break
      case 'span_event_data':
        for (const [event, ...details] of JSON.parse(body.toString())[2] as [SpanEvent, ...unknown[]][]) {
          spans.push({
            id: event.guid,
            parent: event.parentId ?? '',
            name: event.name,
            isServer: event['nr.entryPoint'] === true,
            details: JSON.stringify([event, ...details]),
          })
        }
    }
    return { return_value: null }
  }, server)
  return {
    env: {
      NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
      NEW_RELIC_APP_NAME: 'shop',
      NEW_RELIC_NO_CONFIG_FILE: 'true',
      NEW_RELIC_HOST: 'localhost',
      NEW_RELIC_PORT: String(port),
      NEW_RELIC_LOG_ENABLED: 'false',
      // Without these the agent queries the metadata service of each cloud.
      ...Object.fromEntries(CLOUDS.map((cloud) => [`NEW_RELIC_UTILIZATION_DETECT_${cloud}`, 'false'])),
      NODE_EXTRA_CA_CERTS: CERTIFICATE_FILE,
    },
    isReady: () => isReady,
    report: () => ({ spans, metric: transactions }),
    close,
  }
}
