import { boundOf, type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { type Exchange, observe } from '@agentgateway-otel/wire'
import type { Meter } from '@opentelemetry/api'
import { loadWatch } from './load-watch.ts'
import { mayBeJson } from './transports/may-be-json.ts'
import { mayBeginMcp } from './transports/request-head.ts'
import { VERSION } from './version.ts'
import type { McpWatch } from './watch-mcp.ts'

const TRANSPORT_NAMES = boundOf('mcpSession', 'transport').values

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
    let watch: McpWatch | undefined
    const observerOf = (transport: string) => {
      watch ??= loadWatch()(meter, config)
      return watch.observers.get(transport)
    }
    const listens = (exchange: Exchange) => watch !== undefined || mayBeginMcp(exchange)
    // There is one observer for each transport, so that each may have a listener of its own for an exchange.
    const stops = TRANSPORT_NAMES.map((name) =>
      observe(
        name === 'stdio'
          ? {
              pipe: (pipe) =>
                watch !== undefined || mayBeJson(pipe.beginning) ? observerOf(name)?.pipe?.(pipe) : undefined,
            }
          : {
              serverExchange: (exchange) =>
                listens(exchange) ? observerOf(name)?.serverExchange?.(exchange) : undefined,
              clientExchange: (exchange) =>
                listens(exchange) ? observerOf(name)?.clientExchange?.(exchange) : undefined,
            },
      ),
    )
    return () => {
      for (const stop of stops) stop()
      watch?.stop()
    }
  }
}
