import type { McpResponse } from './json-rpc.ts'
import type { PendingRequests } from './pending-requests.ts'
import type { PostedMessages } from './transports/posted-messages.ts'

/** How many more POSTs may be kept that have ended while their requests still wait, over all sessions of the process. */
export interface WaitingPostBudget {
  left: number
}

/**
 * The POSTs of one session whose requests may get their response on another stream than the POST's own. With legacy SSE
 * that is always so, and with Streamable HTTP when a client resumes a stream that broke.
 */
export class SessionPosts {
  /** Both sets are undefined before they have had an element: most streams are idle most of the time. */
  #inFlight: Set<PostedMessages> | undefined
  /** The requests of POSTs that have ended, while these wait for a response on another stream. */
  #waiting: Set<PendingRequests> | undefined
  readonly #budget: WaitingPostBudget
  #hasEnded = false

  constructor(budget: WaitingPostBudget) {
    this.#budget = budget
  }

  get isEmpty(): boolean {
    return !this.#inFlight?.size && !this.#waiting?.size
  }

  begin(post: PostedMessages): void {
    this.#inFlight ??= new Set()
    this.#inFlight.add(post)
  }

  /**
   * The exchange of a POST has ended.
   *
   * @param mayBeResolved whether responses may still come on another stream
   */
  end(post: PostedMessages, mayBeResolved: boolean): void {
    this.#inFlight?.delete(post)
    if (!mayBeResolved || post.requests.size === 0 || this.#hasEnded || this.#budget.left === 0) {
      post.end('none')
      return
    }
    post.end(undefined)
    this.#budget.left--
    this.#waiting ??= new Set()
    this.#waiting.add(post.requests)
  }

  /** Finds the request of this response, on whichever stream the response came. */
  resolve(response: McpResponse): void {
    for (const post of this.#inFlight ?? []) if (post.resolve(response)) return
    for (const requests of this.#waiting ?? []) {
      if (!requests.resolve(response)) continue
      if (requests.size === 0) this.#remove(requests)
      return
    }
  }

  /** The client no longer waits for this request. */
  cancel(id: unknown): void {
    for (const { requests } of this.#inFlight ?? []) requests.cancel(id)
    for (const requests of this.#waiting ?? []) {
      requests.cancel(id)
      if (requests.size === 0) this.#remove(requests)
    }
  }

  /** The session has ended, so no more responses come. */
  close(): void {
    this.#hasEnded = true
    for (const requests of this.#waiting ?? []) {
      requests.end('none')
      this.#remove(requests)
    }
  }

  #remove(requests: PendingRequests): void {
    this.#waiting?.delete(requests)
    this.#budget.left++
  }
}
