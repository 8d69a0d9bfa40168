import { boundOf, type InstrumentationConfig, MetricsInstrumentation } from '@agentgateway-otel/metrics'
import { type Exchange, observe, type Pipe, type WireObserver } from '@agentgateway-otel/wire'
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
    /** Creates the observer of one transport. It passes on what it gets once a first exchange or pipe may carry MCP. */
    function createObserver(transport: string): WireObserver {
      let observer: WireObserver | undefined
      const getObserver = () => {
        observer ??= observerOf(transport)
        return observer
      }
      if (transport === 'stdio') {
        const mayCarryMcp = (pipe: Pipe) => watch !== undefined || mayBeJson(pipe.beginning)
        return { pipe: (pipe) => (mayCarryMcp(pipe) ? getObserver()?.pipe?.(pipe) : undefined) }
      }
      return {
        serverExchange: (exchange) => (listens(exchange) ? getObserver()?.serverExchange?.(exchange) : undefined),
        clientExchange: (exchange) => (listens(exchange) ? getObserver()?.clientExchange?.(exchange) : undefined),
      }
    }
    // There is one observer for each transport, so that each may have a listener of its own for an exchange.
    const stops = TRANSPORT_NAMES.map((name) => observe(createObserver(name)))
    return () => {
      for (const stop of stops) stop()
      watch?.stop()
    }
  }
}
