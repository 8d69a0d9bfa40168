import type { Exchange, ExchangeListener, Pipe, PipeListener } from '@agentgateway-otel/wire'
import type { TransportName } from '../label-values.ts'
import type { CountMessage } from '../request-counter.ts'
import type { WaitingPostBudget } from '../session-posts.ts'

/** A way in which MCP's messages travel. Its file exports one of these, and `index.ts` lists it. */
export interface TransportDefinition {
  readonly name: TransportName
  /** Creates the transport for one role. */
  create(context: TransportContext): Transport
}

/** One transport, seen in one role: as the server or as the client. */
export interface Transport {
  /**
   * Returns whether an exchange is certainly of this transport, so that no other one may look at it. Without it, other
   * transports may look too, since the head of a request need not show the transport.
   */
  owns?(exchange: Exchange): boolean
  /** Returns a listener if the exchange may be of this transport. The listener counts what proves to be MCP. */
  exchange?(exchange: Exchange): ExchangeListener | undefined
  /** Returns a listener if the pipe may carry MCP. */
  pipe?(pipe: Pipe): PipeListener | undefined
  /** Returns how many sessions are open; undefined before the first one began. */
  openSessions(): number | undefined
}

/** What the transports of one role are given. */
export interface TransportContext {
  /** Counts a message of this role and transport. */
  readonly count: CountMessage
  readonly waitingPosts: WaitingPostBudget
  /** The time without use after which a session with an id counts as ended. */
  readonly sessionIdleMs: number
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number
  /** Is called when a session has ended. A session that counts again has another end. */
  readonly onSessionEnd: (durationMs: number) => void
}
