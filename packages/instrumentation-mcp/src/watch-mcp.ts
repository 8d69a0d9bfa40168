import { createInstruments, createLabelSet, type InstrumentOptions } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, WireObserver } from '@agentgateway-otel/wire'
import type { Meter, ObservableResult } from '@opentelemetry/api'
import type { Role } from './label-values.ts'
import { createRequestCounter } from './request-counter.ts'
import { createStandardMetrics } from './standard-metrics.ts'
import { TRANSPORTS } from './transports/index.ts'
import type { Transport } from './transports/transport.ts'

const ROLES: readonly Role[] = ['server', 'client']

/** agentgateway's own time after which an unused session counts as ended. */
const SESSION_IDLE_SECONDS = 1800

/** How many POSTs may wait for responses on other streams, over all sessions of this process. */
const MAX_WAITING_POSTS = 10_000

export interface WatchMcpOptions extends InstrumentOptions {
  readonly sessionIdleSeconds?: number
}

/** What watches MCP. */
export interface McpWatch {
  /** One for each transport, by its name. */
  readonly observers: ReadonlyMap<string, WireObserver>
  /** Stops the gauge. */
  stop(): void
}

/**
 * Records the metrics of MCP with this meter.
 *
 * @param now a clock that never goes back, in milliseconds
 */
export function watchMcp(
  meter: Meter,
  { sessionIdleSeconds = SESSION_IDLE_SECONDS, ...options }: WatchMcpOptions,
  now = () => performance.now(),
): McpWatch {
  const standard = createStandardMetrics(meter, options)
  const counterOf = createRequestCounter(meter, standard, options)
  const waitingPosts = { left: MAX_WAITING_POSTS }
  const sessionIdleMs = sessionIdleSeconds * 1000
  const sessionKeys = ['mcpSessionsActive', 'mcpSessionDuration'] as const
  const { mcpSessionsActive, mcpSessionDuration } = createInstruments(meter, sessionKeys, options)
  const labels = createLabelSet('mcpSession')
  const createTransports = (role: Role) =>
    TRANSPORTS.map(({ name, create }) => {
      function onSessionEnd(durationMs: number): void {
        mcpSessionDuration?.record(durationMs / 1000, labels.of(role, name))
        standard?.recordSession(role, name, durationMs / 1000)
      }
      return create({ count: counterOf(role, name), waitingPosts, sessionIdleMs, now, onSessionEnd })
    })
  const transports = { server: createTransports('server'), client: createTransports('client') }

  function reportSessions(result: ObservableResult): void {
    for (const role of ROLES) {
      for (const [i, { name }] of TRANSPORTS.entries()) {
        const open = transports[role][i]?.openSessions()
        if (open !== undefined) result.observe(open, labels.of(role, name))
      }
    }
  }
  mcpSessionsActive?.addCallback(reportSessions)

  return {
    observers: new Map(TRANSPORTS.map(({ name }, i) => [name, createObserver(transports, i)])),
    stop: () => mcpSessionsActive?.removeCallback(reportSessions),
  }
}

/** Creates the observer of one transport in both roles, with the functions that the transport has use for. */
function createObserver(transports: Readonly<Record<Role, readonly Transport[]>>, index: number): WireObserver {
  const { server, client } = transports
  const [serverTransport, clientTransport] = [server[index], client[index]]
  return {
    ...(serverTransport?.exchange && {
      serverExchange: createExchangeObserver(serverTransport, server),
      clientExchange: createExchangeObserver(clientTransport, client),
    }),
    ...(serverTransport?.pipe && {
      pipe: (pipe) => (pipe.side === 'server' ? serverTransport : clientTransport)?.pipe?.(pipe),
    }),
  }
}

/** Creates a function that returns this transport's listener for an exchange, unless another transport owns the exchange. */
function createExchangeObserver(transport: Transport | undefined, transports: readonly Transport[]) {
  const owners = transports.filter((other) => other !== transport && other.owns !== undefined)
  return (exchange: Exchange): ExchangeListener | undefined => {
    for (const owner of owners) if (owner.owns?.(exchange)) return undefined
    return transport?.exchange?.(exchange)
  }
}
