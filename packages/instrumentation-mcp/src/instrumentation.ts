import {
  createInstruments,
  createLabelSet,
  type InstrumentationConfig,
  MetricsInstrumentation,
} from '@agentgateway-otel/metrics'
import { type Exchange, observe, type Pipe, type WireObserver } from '@agentgateway-otel/wire'
import type { Meter, ObservableResult } from '@opentelemetry/api'
import { createOpenSessions } from './open-sessions.ts'
import { createRequestCounter, type Role, type Transport } from './request-counter.ts'
import { createSessions } from './sessions.ts'
import { watchSse } from './transports/sse.ts'
import { watchStdio } from './transports/stdio.ts'
import { watchStreamableHttp } from './transports/streamable-http.ts'
import { VERSION } from './version.ts'

export interface McpInstrumentationConfig extends InstrumentationConfig {
  /**
   * After how many seconds without use a session over Streamable HTTP is taken for ended; 1800 by default, as
   * agentgateway has it.
   */
  readonly sessionIdleSeconds?: number
}

/**
 * `agentgateway_mcp_requests_total` and `agentgateway_mcp_sessions_active`, of the MCP servers and clients in this
 * process, over Streamable HTTP, legacy SSE and stdio, whatever they are built with.
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

/** How many POSTs may wait for answers on other streams, over all sessions of this process. */
const MAX_WAITING_POSTS = 10_000

/** @param now a clock that never goes back, in milliseconds */
export function watchMcp(meter: Meter, config: McpInstrumentationConfig, now?: () => number) {
  const { metrics, sessionIdleSeconds = 1800 } = config
  const count = createRequestCounter(meter, metrics)
  const budget = { left: MAX_WAITING_POSTS }
  const { mcpSessionsActive } = createInstruments(meter, ['mcpSessionsActive'], metrics)
  const labels = createLabelSet('mcpSession')
  const reports: ((result: ObservableResult) => void)[] = []

  function gauge<S extends { count(): number | undefined }>(role: Role, transport: Transport, sessions: S): S {
    reports.push((result) => {
      const open = sessions.count()
      if (open !== undefined) result.observe(open, labels.of(role, transport))
    })
    return sessions
  }

  function watch(role: Role) {
    const sessions = createSessions({ idleMs: sessionIdleSeconds * 1000, ...(now && { now }) })
    const sse = watchSse(count(role, 'sse'), gauge(role, 'sse', createOpenSessions()), budget)
    return {
      sse,
      streamableHttp: watchStreamableHttp(
        count(role, 'streamable_http'),
        gauge(role, 'streamable_http', sessions),
        budget,
        now,
      ),
      stdio: watchStdio(count(role, 'stdio'), gauge(role, 'stdio', createOpenSessions())),
    }
  }

  const server = watch('server')
  const client = watch('client')
  function report(result: ObservableResult): void {
    for (const report of reports) report(result)
  }
  mcpSessionsActive.addCallback(report)

  const observers: readonly WireObserver[] = [
    {
      // First: while it is asked, a stream's POSTs are known to be its own.
      serverExchange: (exchange: Exchange) => (server.sse.owns(exchange) ? undefined : server.streamableHttp(exchange)),
      clientExchange: (exchange: Exchange) => (client.sse.owns(exchange) ? undefined : client.streamableHttp(exchange)),
      pipe: (pipe: Pipe) => (pipe.side === 'server' ? server : client).stdio(pipe),
    },
    { serverExchange: server.sse.exchange, clientExchange: client.sse.exchange },
  ]
  return { observers, stop: () => mcpSessionsActive.removeCallback(report) }
}
