import { type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { VERSION } from './version.ts'
import { watchMcp } from './watch-mcp.ts'

export interface McpInstrumentationConfig extends InstrumentationConfig {
  /**
   * The time without use, in seconds, after which a session over Streamable HTTP counts as ended. Default: 1800, as in
   * agentgateway.
   */
  readonly sessionIdleSeconds?: number
}

/**
 * Records `agentgateway_mcp_requests_total` and `agentgateway_mcp_sessions_active` for the MCP servers and clients in this
 * process, over Streamable HTTP, legacy SSE and stdio, whichever SDK they are built with.
 */
export class McpInstrumentation extends MetricsInstrumentation<McpInstrumentationConfig> {
  constructor(config: McpInstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-mcp', VERSION, config)
  }

  protected start(meter: Meter, config: McpInstrumentationConfig): () => void {
    const { observers, stop } = watchMcp(meter, config)
    const stops = [stop, ...observers.map(observe)]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
