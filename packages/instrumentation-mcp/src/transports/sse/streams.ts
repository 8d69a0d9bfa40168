import type { Exchange } from '@agentgateway-otel/wire'
import { SessionPosts, type WaitingPostBudget } from '../../session-posts.ts'
import { originOf } from '../request-head.ts'

/** The stream of one client, open or ended. */
export interface SseStream {
  readonly posts: SessionPosts
  /** The MCP server's own name, once it is known. */
  server: string | undefined
  /** Ends the session, once one has begun. */
  endSession: (() => void) | undefined
}

/** The streams of this process, by a key that they share with their POSTs. */
export interface Streams {
  open(key: string): SseStream | undefined
  ended(key: string): SseStream | undefined
  readonly isEmpty: boolean
  readonly isFull: boolean
  add(key: string, stream: SseStream): void
  /** Moves a stream to those that have ended, which are remembered because POSTs to them may still come. */
  end(key: string, stream: SseStream): void
}

/** How many streams are followed at a time. Beyond, streams are not seen. */
const MAX_OPEN = 100_000

/** How many streams are remembered after their end. */
const MAX_ENDED = 10_000

export function createStreams(): Streams {
  const open = new Map<string, SseStream>()
  /** The stream that ended first comes first. */
  const ended = new Map<string, SseStream>()
  return {
    open: (key) => open.get(key),
    ended: (key) => ended.get(key),
    get isEmpty() {
      return open.size + ended.size === 0
    },
    get isFull() {
      return open.size >= MAX_OPEN
    },
    add: (key, stream) => void open.set(key, stream),
    end(key, stream) {
      if (open.get(key) === stream) open.delete(key)
      ended.delete(key)
      ended.set(key, stream)
      if (ended.size <= MAX_ENDED) return
      const [oldest = ''] = ended.keys()
      ended.delete(oldest)
    },
  }
}

export const createStream = (waitingPosts: WaitingPostBudget): SseStream => ({
  posts: new SessionPosts(waitingPosts),
  server: undefined,
  endSession: undefined,
})

export function createEndedStream(waitingPosts: WaitingPostBudget): SseStream {
  const stream = createStream(waitingPosts)
  stream.posts.close()
  return stream
}

/** A query of this length, its `?` included, is long enough to name one stream and no other. */
const MIN_UNIQUE_QUERY = 16

/**
 * Returns the key that the POSTs of a stream share with the address in its first event. A proxy may have changed host and path
 * in between, so only the query decides if it is long enough to have an id in it.
 */
export function streamKeyOf(exchange: Exchange, target: string): string {
  const query = target.indexOf('?')
  return query !== -1 && target.length - query > MIN_UNIQUE_QUERY ? target.slice(query) : originOf(exchange) + target
}
