import type { SessionPosts } from './session-posts.ts'
import type { TransportContext } from './transports/transport.ts'

/** One MCP session over Streamable HTTP. */
export interface Session {
  readonly key: string
  /** The MCP server's own name, if its response to `initialize` had one. */
  server: string | undefined
  isOpen: boolean
  /** The ordinal number of the session's deletion; 0 if it was not deleted. */
  deletion: number
  /** How many exchanges of the session are in flight, an open GET stream included. */
  inFlight: number
  startMs: number
  lastUsedMs: number
  /** The POSTs whose requests wait for a response; undefined if there are none. */
  posts: SessionPosts | undefined
}

/** The sessions with an id that began in this process. */
export interface Sessions {
  /**
   * The server has given a client this session.
   *
   * @param deletions the value of `deletions` when the client asked for it. A session that was deleted since does not begin.
   */
  begin(key: string, server: string | undefined, deletions: number): void
  /** An exchange of this session begins. Returns undefined if the session did not begin in this process. */
  enter(key: string): Session | undefined
  /**
   * An exchange of this session has ended.
   *
   * @param wasUsed whether that counts as use of the session; an exchange that the server refused does not
   */
  leave(session: Session, wasUsed: boolean): void
  /** The server still serves this session, so it is open again if it counted as ended, unless it was deleted. */
  revive(session: Session): void
  end(session: Session): void
  /** The client has deleted this session, perhaps before it began. */
  delete(key: string): void
  /** How many sessions were deleted so far. */
  readonly deletions: number
  /** Returns how many sessions are open; undefined before the first one began. */
  count(): number | undefined
}

export interface SessionsOptions {
  /** The time without use after which a session counts as ended. */
  readonly idleMs: number
  /** A clock that never goes back, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** Is called when a session has ended. A session that counts again has another end. */
  readonly onSessionEnd?: (durationMs: number) => void
  /** How many sessions may be open. Beyond, the one that has been idle longest counts as ended. Default: 100,000. */
  readonly maxOpen?: number
  /** How many sessions are remembered after their end, since they may be used again. Default: 10,000. */
  readonly maxEnded?: number
}

/** There are no timers: sessions that have been idle for too long end when they are counted, or when the next one begins. */
export function createSessions(options: SessionsOptions): Sessions {
  const { idleMs, now = () => performance.now(), onSessionEnd, maxOpen = 100_000, maxEnded = 10_000 } = options
  const known = new Map<string, Session>()
  /** Open sessions with nothing in flight; the one that has been idle longest comes first. */
  const idle = new Set<Session>()
  const ended = new Set<Session>()
  let open = 0
  let deletions = 0
  let hasBegun = false

  function start(session: Session): void {
    endIdle()
    if (open >= maxOpen) {
      const [longestIdle] = idle
      if (longestIdle === undefined) return
      end(longestIdle)
    }
    known.set(session.key, session)
    ended.delete(session)
    session.isOpen = true
    session.startMs = now()
    session.lastUsedMs = session.startMs
    open++
    hasBegun = true
    if (session.inFlight === 0) idle.add(session)
  }

  function end(session: Session, endMs = now()): void {
    if (!session.isOpen) return
    session.isOpen = false
    open--
    idle.delete(session)
    session.posts?.close()
    session.posts = undefined
    remember(session)
    onSessionEnd?.(endMs - session.startMs)
  }

  /** Remembers a session that has ended, and forgets the oldest one beyond the limit. */
  function remember(session: Session): void {
    ended.add(session)
    if (ended.size <= maxEnded) return
    const [oldest] = ended
    if (oldest === undefined) return
    ended.delete(oldest)
    known.delete(oldest.key)
  }

  function endIdle(): void {
    for (const session of idle) {
      if (now() - session.lastUsedMs < idleMs) break
      end(session, session.lastUsedMs + idleMs)
    }
  }

  const create = (key: string): Session => ({
    key,
    server: undefined,
    isOpen: false,
    deletion: 0,
    inFlight: 0,
    startMs: 0,
    lastUsedMs: 0,
    posts: undefined,
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
      if (now() - session.lastUsedMs >= idleMs) end(session, session.lastUsedMs + idleMs)
      else idle.add(session)
    },
    revive(session) {
      if (!session.isOpen && session.deletion === 0) start(session)
    },
    end: (session) => end(session),
    delete(key) {
      const session = known.get(key) ?? create(key)
      session.deletion = ++deletions
      if (session.isOpen) {
        end(session)
        return
      }
      known.set(key, session)
      remember(session)
    },
    count() {
      endIdle()
      return hasBegun ? open : undefined
    },
  }
}

/** The sessions that last as long as a connection: an SSE stream, or a pipe. */
export interface ConnectionSessions {
  /** Begins a session, and returns the function that ends it. Only the first call of that does. */
  begin(): () => void
  /** Returns how many sessions are open; undefined before the first one began. */
  count(): number | undefined
}

export function createConnectionSessions({ now, onSessionEnd }: TransportContext): ConnectionSessions {
  let open: number | undefined
  return {
    begin() {
      open = (open ?? 0) + 1
      const startMs = now()
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        open = (open ?? 0) - 1
        onSessionEnd(now() - startMs)
      }
    },
    count: () => open,
  }
}
