import type { Exchange } from '@agentgateway-otel/wire'
import type { Call } from './json-rpc.ts'
import type { PendingCalls } from './pending-calls.ts'
import { clientOf } from './transports/endpoint.ts'

/**
 * The requests under way that belong to no session, so that a `notifications/cancelled` in a POST of its own finds the
 * request that it names.
 *
 * Ids are unique to a client only, and clients count from 0. So a request is cancelled only where it is certain which one
 * is meant: it is the only one with this id of this client, and no other one has just ended. Otherwise nothing is.
 */
export interface UnsessionedCalls {
  /** A request is under way. */
  begin(key: string, requests: PendingCalls): void
  /** It has been answered, or never will be. */
  end(key: string): void
  /** The client does not wait for it any longer. */
  cancel(key: string, id: unknown): void
}

export interface UnsessionedCallsOptions {
  /** A clock that never goes back, in milliseconds. */
  readonly now?: () => number
  /** How many are remembered that ended. */
  readonly maxEnded?: number
}

/** For how long the client of a request that ended may still believe that it did not: a client's usual time-out. */
const DOUBT_MS = 60_000

interface UnderWay {
  readonly requests: PendingCalls
  /** How many requests have this key. */
  users: number
}

export function createUnsessionedCalls(options: UnsessionedCallsOptions = {}): UnsessionedCalls {
  const { now = () => performance.now(), maxEnded = 1000 } = options
  const underWay = new Map<string, UnderWay>()
  /** When they ended; the one that ended first comes first. */
  const ended = new Map<string, number>()

  return {
    begin(key, requests) {
      const other = underWay.get(key)
      if (other === undefined) underWay.set(key, { requests, users: 1 })
      else other.users++
    },
    end(key) {
      const one = underWay.get(key)
      if (one !== undefined && --one.users === 0) underWay.delete(key)
      ended.delete(key)
      ended.set(key, now())
      if (ended.size <= maxEnded) return
      const [first = ''] = ended.keys()
      ended.delete(first)
    },
    cancel(key, id) {
      const one = underWay.get(key)
      const endedMs = ended.get(key)
      if (one?.users !== 1 || (endedMs !== undefined && now() - endedMs < DOUBT_MS)) return
      one.requests.cancel(id)
    },
  }
}

/** Longer ones are not followed: what a client sends decides how long they are. */
const MAX_KEY = 2048

/** What one POST without a session has under way. */
export class UnsessionedPost {
  readonly #calls: UnsessionedCalls
  readonly #exchange: Exchange
  readonly #endpoint: string
  #keys: string[] | undefined

  constructor(calls: UnsessionedCalls, exchange: Exchange, endpoint: string) {
    this.#calls = calls
    this.#exchange = exchange
    this.#endpoint = endpoint
  }

  begin(calls: readonly Call[], requests: PendingCalls): void {
    for (const { id } of calls) {
      const key = this.#keyOf(id)
      if (key === undefined) continue
      this.#keys ??= []
      this.#keys.push(key)
      this.#calls.begin(key, requests)
    }
  }

  cancel(id: unknown): void {
    const key = this.#keyOf(id)
    if (key !== undefined) this.#calls.cancel(key, id)
  }

  end(): void {
    for (const key of this.#keys ?? []) this.#calls.end(key)
  }

  #keyOf(id: unknown): string | undefined {
    if (typeof id !== 'string' && typeof id !== 'number') return undefined
    const key = `${this.#endpoint}\n${typeof id} ${id}\n${clientOf(this.#exchange)}`
    return key.length > MAX_KEY ? undefined : key
  }
}
