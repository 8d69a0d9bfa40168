import type { Conversation } from './conversation.ts'

/** One MCP session over Streamable HTTP. */
export interface Session {
  readonly key: string
  /** The MCP server's own name, where its answer to `initialize` had one. */
  server: string | undefined
  isOpen: boolean
  /** The number of its deletion; 0 where it was not deleted. */
  deletion: number
  /** Exchanges under way, an open GET stream among them. */
  inFlight: number
  lastUsedMs: number
  /** Its POSTs whose requests wait for answers; undefined where there are none. */
  conversation: Conversation | undefined
}

/** The sessions that began in this process and have not ended. */
export interface Sessions {
  /**
   * The server has given a client this session.
   *
   * @param deletions how many there had been when the client asked for it; one that was deleted since does not begin
   */
  begin(key: string, server: string | undefined, deletions: number): void
  /** An exchange of this session begins. Undefined where the session is none of ours. */
  enter(key: string): Session | undefined
  /** It ends. One that the server refused is no use of the session. */
  leave(session: Session, wasUsed: boolean): void
  /** The server has served it: if it was taken for ended, it has not. One that was deleted has. */
  revive(session: Session): void
  end(session: Session): void
  /** The client has ended it for good, also where it has not begun yet. */
  delete(key: string): void
  /** How many sessions were deleted so far. */
  readonly deletions: number
  /** How many are open; undefined before the first one began. */
  count(): number | undefined
}

export interface SessionsOptions {
  /** After how long without use a session is taken for ended. */
  readonly idleMs: number
  /** A clock that never goes back, in milliseconds. */
  readonly now?: () => number
  /** How many are kept open; beyond, the one that has been idle longest is taken for ended. */
  readonly maxOpen?: number
  /** How many of those that ended are remembered, in case they come back. */
  readonly maxEnded?: number
}

/**
 * There are no timers: sessions that have been idle for too long end when somebody counts them, or when the next one
 * begins.
 */
export function createSessions(options: SessionsOptions): Sessions {
  const { idleMs, now = () => performance.now(), maxOpen = 100_000, maxEnded = 10_000 } = options
  const known = new Map<string, Session>()
  /** Open, with nothing in flight; the one that has been so for longest comes first. */
  const idle = new Set<Session>()
  const ended = new Set<Session>()
  let open = 0
  let deletions = 0
  let hasBegun = false

  function start(session: Session): void {
    sweep()
    if (open >= maxOpen) {
      const [longestIdle] = idle
      if (longestIdle === undefined) return
      end(longestIdle)
    }
    known.set(session.key, session)
    ended.delete(session)
    session.isOpen = true
    session.lastUsedMs = now()
    open++
    hasBegun = true
    if (session.inFlight === 0) idle.add(session)
  }

  function end(session: Session): void {
    if (!session.isOpen) return
    session.isOpen = false
    open--
    idle.delete(session)
    ended.add(session)
    session.conversation?.end()
    session.conversation = undefined
    if (ended.size > maxEnded) forget(ended)
  }

  function forget([oldest]: Iterable<Session>): void {
    if (oldest === undefined) return
    ended.delete(oldest)
    known.delete(oldest.key)
  }

  function sweep(): void {
    for (const session of idle) {
      if (now() - session.lastUsedMs < idleMs) break
      end(session)
    }
  }

  const create = (key: string): Session => ({
    key,
    server: undefined,
    isOpen: false,
    deletion: 0,
    inFlight: 0,
    lastUsedMs: 0,
    conversation: undefined,
  })

  return {
    get deletions() {
      return deletions
    },
    begin(key, server, deletionsBefore) {
      const session = known.get(key) ?? create(key)
      if (session.deletion > deletionsBefore) return
      session.deletion = 0
      session.server = server ?? session.server
      if (!session.isOpen) start(session)
    },
    enter(key) {
      const session = known.get(key)
      if (session === undefined) return undefined
      session.inFlight++
      idle.delete(session)
      return session
    },
    leave(session, wasUsed) {
      session.inFlight--
      if (wasUsed) session.lastUsedMs = now()
      if (session.inFlight > 0 || !session.isOpen) return
      if (now() - session.lastUsedMs >= idleMs) end(session)
      else idle.add(session)
    },
    revive(session) {
      if (!session.isOpen && session.deletion === 0) start(session)
    },
    end,
    delete(key) {
      const session = known.get(key) ?? create(key)
      session.deletion = ++deletions
      if (session.isOpen) {
        end(session)
        return
      }
      known.set(key, session)
      ended.add(session)
      if (ended.size > maxEnded) forget(ended)
    },
    count() {
      sweep()
      return hasBegun ? open : undefined
    },
  }
}
