import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { countConnections } from './connections.ts'
import { createIgnoredPaths } from './ignored-paths.ts'
import { countRequests } from './requests.ts'
import { VERSION } from './version.ts'

export interface HttpMetricsInstrumentationConfig extends InstrumentationConfig {
  /**
   * Paths whose requests are not counted: one path, or with `/*` at its end all paths that begin with what is before the
   * `*`. They are compared with the path that the client sent, without its query: upper and lower case differ, and nothing
   * is decoded. Connections are counted all the same. Default: none.
   *
   * @example ['/healthz', '/internal/*']
   */
  ignorePaths?: readonly string[]
}

/**
 * Records metrics of all servers in this process.
 *
 * For requests to `http`, `https` and `http2` servers: `agentgateway_requests_total`,
 * `agentgateway_request_duration_seconds`, `agentgateway_request_size_bytes` and `agentgateway_response_size_bytes`.
 * For connections, to `net` and `tls` servers as well: `agentgateway_connections_active` and
 * `agentgateway_connections_total`.
 */
export class HttpMetricsInstrumentation extends MetricsInstrumentation<HttpMetricsInstrumentationConfig> {
  constructor(config: HttpMetricsInstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-http', VERSION, config)
  }

  protected start(meter: Meter, { metrics, ignorePaths = [] }: HttpMetricsInstrumentationConfig): () => void {
    const requests = countRequests(meter, metrics, createIgnoredPaths(ignorePaths))
    const connections = countConnections(meter, metrics)
    const stop = observe({ serverExchange: requests.serverExchange, connection: connections.connection })
    return () => {
      stop()
      requests.stop()
      connections.stop()
    }
  }
}
