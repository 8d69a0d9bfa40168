import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { reportBuildInfo } from './build-info.ts'
import { countConnections } from './connections.ts'
import { createIgnoredPaths } from './ignored-paths.ts'
import { countRequests } from './requests.ts'
import type { RouteOrigin } from './routes/route-finder.ts'
import { VERSION } from './version.ts'

export interface HttpMetricsInstrumentationConfig extends InstrumentationConfig {
  /**
   * The paths whose requests are not counted: `/healthz` is one path, `/internal/*` is every path that begins with
   * `/internal/`. The path of a request's target is compared as the client sent it, without its query: nothing is
   * decoded, upper and lower case differ, and so do `/healthz` and `/healthz/`. Connections are counted whatever is
   * requested over them, and metrics of other instrumentations are not affected. Default: none.
   *
   * @example ['/healthz', '/internal/*']
   */
  readonly ignorePaths?: readonly string[]
  /**
   * Where the routes of requests come from. With `explicit` nothing of a framework is looked at, and a request has the route
   * that the app passes to `setRoute`, or `unknown`. Default: `auto`.
   */
  readonly routes?: RouteOrigin
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

  protected start(meter: Meter, { ignorePaths, routes, ...options }: HttpMetricsInstrumentationConfig): () => void {
    const requests = countRequests(meter, { ...options, routes, isIgnored: createIgnoredPaths(ignorePaths) })
    const connections = countConnections(meter, options)
    const stopBuildInfo = reportBuildInfo(meter, options)
    const stop = observe({
      ...(requests && { serverExchange: requests.serverExchange }),
      ...(connections && { connection: connections.connection }),
    })
    return () => {
      stop()
      requests?.stop()
      connections?.stop()
      stopBuildInfo()
    }
  }
}
