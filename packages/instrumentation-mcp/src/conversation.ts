import type { Answer } from './json-rpc.ts'
import type { PendingCalls } from './pending-calls.ts'
import type { Post } from './transports/posted-messages.ts'

/** How many more POSTs whose requests still wait may be kept, over all conversations. */
export interface Budget {
  left: number
}

/**
 * POSTs whose requests may be answered on another stream than the response: legacy SSE always does so, Streamable HTTP
 * when a client resumes a stream that broke.
 */
export class Conversation {
  readonly #inFlight = new Set<Post>()
  readonly #kept = new Set<PendingCalls>()
  readonly #budget: Budget
  #hasEnded = false

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return this.#inFlight.size + this.#kept.size === 0
  }

  enter(post: Post): void {
    this.#inFlight.add(post)
  }

  /** @param mayBeAnswered whether an answer may still come, on another stream */
  leave(post: Post, mayBeAnswered: boolean): void {
    this.#inFlight.delete(post)
    if (!mayBeAnswered || post.requests.size === 0 || this.#hasEnded || this.#budget.left === 0) {
      post.end('none')
      return
    }
    post.end(undefined)
    this.#budget.left--
    this.#kept.add(post.requests)
  }

  answer(answer: Answer): void {
    for (const post of this.#inFlight) if (post.answer(answer)) return
    for (const requests of this.#kept) {
      if (!requests.answer(answer)) continue
      if (requests.size === 0) this.#drop(requests)
      return
    }
  }

  /** The client says that it does not wait for this request any longer. */
  cancel(id: unknown): void {
    for (const { requests } of this.#inFlight) requests.cancel(id)
    for (const requests of this.#kept) {
      requests.cancel(id)
      if (requests.size === 0) this.#drop(requests)
    }
  }

  /** No more answers come. */
  end(): void {
    this.#hasEnded = true
    for (const requests of this.#kept) {
      requests.end('none')
      this.#drop(requests)
    }
  }

  #drop(requests: PendingCalls): void {
    this.#kept.delete(requests)
    this.#budget.left++
  }
}
