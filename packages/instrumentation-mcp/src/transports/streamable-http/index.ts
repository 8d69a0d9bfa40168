import type { Exchange, ExchangeListener } from '@agentgateway-otel/wire'
import { createServerNames } from '../../server-names.ts'
import { createSessions } from '../../sessions.ts'
import { createUnsessionedRequests } from '../../unsessioned-requests.ts'
import { acceptsEvents, acceptsJsonAndEvents, endpointOf, hasMcpHeader } from '../request-head.ts'
import type { Transport, TransportContext, TransportDefinition } from '../transport.ts'
import { ControlListener } from './control-listener.ts'
import type { ExchangeContext, SharedContext } from './exchange-context.ts'
import { InitializeListener } from './initialize-listener.ts'
import { PostListener } from './post-listener.ts'

/**
 * MCP over Streamable HTTP (2025-03-26 and later): POST carries messages, GET opens the server's own stream, and DELETE ends the
 * session.
 *
 * An exchange gets a listener if its head may be MCP's. It counts as MCP once its body, or the response, proves that it is.
 */
export const streamableHttp: TransportDefinition = { name: 'streamable_http', create: createStreamableHttp }

function createStreamableHttp(context: TransportContext): Transport {
  const { count, waitingPosts, sessionIdleMs, now, onSessionEnd } = context
  const sessions = createSessions({ idleMs: sessionIdleMs, now, onSessionEnd })
  const shared: SharedContext = {
    count,
    sessions,
    waitingPosts,
    serverNames: createServerNames(),
    unsessioned: createUnsessionedRequests({ now }),
    now,
  }

  return {
    openSessions: sessions.count,

    exchange(exchange: Exchange): ExchangeListener | undefined {
      const { method } = exchange
      if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') return undefined
      if (method === 'GET' && !acceptsEvents(exchange)) return undefined
      const isMarked = hasMcpHeader(exchange)
      if (method !== 'POST') {
        return isMarked ? new ControlListener(createContext(shared, exchange, isMarked)) : undefined
      }
      if (isMarked || acceptsJsonAndEvents(exchange)) {
        return new PostListener(createContext(shared, exchange, isMarked))
      }
      return exchange.header('content-type')?.includes('json') ? new InitializeListener(exchange, shared) : undefined
    },
  }
}

const createContext = (shared: SharedContext, exchange: Exchange, isMarked: boolean): ExchangeContext => ({
  shared,
  exchange,
  isMarked,
  endpoint: endpointOf(exchange),
})
