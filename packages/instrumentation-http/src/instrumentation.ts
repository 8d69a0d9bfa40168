import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { countConnections } from './connections.ts'
import { countRequests } from './requests.ts'
import { VERSION } from './version.ts'

/**
 * Records metrics of all servers in this process.
 *
 * For requests to `http`, `https` and `http2` servers: `agentgateway_requests_total`,
 * `agentgateway_request_duration_seconds`, `agentgateway_request_size_bytes` and `agentgateway_response_size_bytes`.
 * For connections, to `net` and `tls` servers as well: `agentgateway_connections_active` and
 * `agentgateway_connections_total`.
 */
export class HttpMetricsInstrumentation extends MetricsInstrumentation {
  constructor(config: InstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-http', VERSION, config)
  }

  protected start(meter: Meter, { metrics }: InstrumentationConfig): () => void {
    const requests = countRequests(meter, metrics)
    const connections = countConnections(meter, metrics)
    const stop = observe({ serverExchange: requests.serverExchange, connection: connections.connection })
    return () => {
      stop()
      requests.stop()
      connections.stop()
    }
  }
}
