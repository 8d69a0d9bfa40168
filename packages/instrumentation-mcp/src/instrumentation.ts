import {
  createInstruments,
  createLabelSet,
  type InstrumentationConfig,
  MetricsInstrumentation,
} from '@agentgateway-otel/metrics'
import { observe } from '@agentgateway-otel/wire'
import type { Meter, ObservableResult } from '@opentelemetry/api'
import { createRequestCounter } from './requests.ts'
import { createSessions } from './sessions.ts'
import { serveStreamableHttp } from './streamable-http-server.ts'
import { VERSION } from './version.ts'

export interface McpInstrumentationConfig extends InstrumentationConfig {
  /** After how many seconds without use an HTTP session is taken for ended; 1800 by default, as agentgateway has it. */
  readonly sessionIdleSeconds?: number
}

/**
 * `agentgateway_mcp_requests_total` and `agentgateway_mcp_sessions_active`, of the MCP servers in this process that are
 * reached over Streamable HTTP through Node's `http` and `https`, whatever they are built with.
 */
export class McpInstrumentation extends MetricsInstrumentation<McpInstrumentationConfig> {
  constructor(config: McpInstrumentationConfig = {}) {
    super('@agentgateway-otel/instrumentation-mcp', VERSION, config)
  }

  protected start(meter: Meter, config: McpInstrumentationConfig): () => void {
    const mcp = watchMcp(meter, config)
    const stop = observe({ serverExchange: mcp.serverExchange })
    return () => {
      stop()
      mcp.stop()
    }
  }
}

/** @param now a clock that never goes back, in milliseconds */
export function watchMcp(meter: Meter, { sessionIdleSeconds = 1800 }: McpInstrumentationConfig, now?: () => number) {
  const count = createRequestCounter(meter)
  const sessions = createSessions({ idleMs: sessionIdleSeconds * 1000, ...(now && { now }) })
  const { mcpSessionsActive } = createInstruments(meter, ['mcpSessionsActive'])
  const sessionLabels = createLabelSet('mcpSession').of('server', 'streamable_http')

  function report(result: ObservableResult): void {
    const open = sessions.count()
    if (open !== undefined) result.observe(open, sessionLabels)
  }
  mcpSessionsActive.addCallback(report)

  return {
    serverExchange: serveStreamableHttp(count('server', 'streamable_http'), sessions),
    stop: () => mcpSessionsActive.removeCallback(report),
  }
}
