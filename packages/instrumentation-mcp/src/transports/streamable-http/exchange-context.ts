import type { Exchange } from '@agentgateway-otel/wire'
import type { ClientMessage } from '../../json-rpc.ts'
import type { CountMessage } from '../../request-counter.ts'
import type { ServerNames } from '../../server-names.ts'
import type { WaitingPostBudget } from '../../session-posts.ts'
import type { Sessions } from '../../sessions.ts'
import type { UnsessionedRequests } from '../../unsessioned-requests.ts'

/** What all exchanges of one role share. */
export interface SharedContext {
  readonly count: CountMessage
  readonly sessions: Sessions
  readonly waitingPosts: WaitingPostBudget
  readonly serverNames: ServerNames
  readonly unsessioned: UnsessionedRequests
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number
}

/** What the listener of one exchange is given. */
export interface ExchangeContext {
  readonly shared: SharedContext
  readonly exchange: Exchange
  /** Whether the request has a header that only MCP clients send. */
  readonly isMarked: boolean
  /** The MCP server's origin and path. */
  readonly endpoint: string
}

/** Longer keys are no session's, in UTF-16 code units: a client could make them as long as it likes. */
const MAX_KEY_LENGTH = 2048

/**
 * Returns the key of the session with this id, or undefined if there is no id. The endpoint is part of it, so that one server's 404
 * does not end another server's session.
 */
export function sessionKeyOf(endpoint: string, id: string | undefined): string | undefined {
  if (id === undefined || id === '' || id.length + endpoint.length >= MAX_KEY_LENGTH) return undefined
  return `${endpoint} ${id}`
}

/** The message of a client whose body was not read, but whose server has responded as an MCP server does to `initialize`. */
export const initializeOf = ({ startMs }: Exchange): ClientMessage => ({
  method: 'initialize',
  name: '',
  id: null,
  cancels: undefined,
  version: undefined,
  startMs,
})
