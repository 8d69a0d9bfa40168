import type { Exchange } from '@agentgateway-otel/wire'
import type { ClientMessage } from './json-rpc.ts'
import type { PendingRequests } from './pending-requests.ts'
import { clientOf } from './transports/request-head.ts'

/**
 * The requests in flight that belong to no session, so that a `notifications/cancelled` in a POST of its own finds the request
 * that it names.
 *
 * An id is unique to one client only, and clients count from 0. So a request is cancelled only if it is certain which one is
 * meant: it is the only one with this id from this client, and no other one has just ended.
 */
export interface UnsessionedRequests {
  /** A request is in flight. */
  begin(key: string, requests: PendingRequests): void
  /** The request has a response, or will never have one. */
  end(key: string): void
  /** The client no longer waits for the request. */
  cancel(key: string, id: unknown): void
}

export interface UnsessionedRequestsOptions {
  /** A clock that never goes back, in milliseconds. Default: `performance.now`. */
  readonly now?: () => number
  /** How many requests are remembered after their end. Default: 1000. */
  readonly maxEnded?: number
}

/** For how long after a request's end its client may still cancel it, not having seen the end: a usual timeout of clients. */
const DOUBT_MS = 60_000

interface RequestsInFlight {
  readonly requests: PendingRequests
  /** How many requests in flight have this key. */
  count: number
}

export function createUnsessionedRequests(options: UnsessionedRequestsOptions = {}): UnsessionedRequests {
  const { now = () => performance.now(), maxEnded = 1000 } = options
  const inFlight = new Map<string, RequestsInFlight>()
  /** The times at which requests ended, oldest first. */
  const endedMs = new Map<string, number>()

  return {
    begin(key, requests) {
      const known = inFlight.get(key)
      if (known === undefined) inFlight.set(key, { requests, count: 1 })
      else known.count++
    },
    end(key) {
      const known = inFlight.get(key)
      if (known !== undefined && --known.count === 0) inFlight.delete(key)
      endedMs.delete(key)
      endedMs.set(key, now())
      if (endedMs.size <= maxEnded) return
      const [oldest = ''] = endedMs.keys()
      endedMs.delete(oldest)
    },
    cancel(key, id) {
      const known = inFlight.get(key)
      const lastEndMs = endedMs.get(key)
      if (known?.count !== 1 || (lastEndMs !== undefined && now() - lastEndMs < DOUBT_MS)) return
      known.requests.cancel(id)
    },
  }
}

/** Requests with a longer key are not followed, since what a client sends decides its length. In UTF-16 code units. */
const MAX_KEY_LENGTH = 2048

/** The requests of one POST that belongs to no session. */
export class UnsessionedPost {
  readonly #unsessioned: UnsessionedRequests
  readonly #exchange: Exchange
  readonly #endpoint: string
  #keys: string[] | undefined

  constructor(unsessioned: UnsessionedRequests, exchange: Exchange, endpoint: string) {
    this.#unsessioned = unsessioned
    this.#exchange = exchange
    this.#endpoint = endpoint
  }

  begin(messages: readonly ClientMessage[], requests: PendingRequests): void {
    for (const { id } of messages) {
      const key = this.#keyOf(id)
      if (key === undefined) continue
      this.#keys ??= []
      this.#keys.push(key)
      this.#unsessioned.begin(key, requests)
    }
  }

  cancel(id: unknown): void {
    const key = this.#keyOf(id)
    if (key !== undefined) this.#unsessioned.cancel(key, id)
  }

  end(): void {
    for (const key of this.#keys ?? []) this.#unsessioned.end(key)
  }

  #keyOf(id: unknown): string | undefined {
    if (typeof id !== 'string' && typeof id !== 'number') return undefined
    const key = `${this.#endpoint}\n${typeof id} ${id}\n${clientOf(this.#exchange)}`
    return key.length > MAX_KEY_LENGTH ? undefined : key
  }
}
