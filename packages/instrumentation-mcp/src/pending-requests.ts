import type { ClientMessage, McpResponse } from './json-rpc.ts'
import type { Status } from './label-values.ts'

/** Is given the outcomes of messages. */
export interface OutcomeListener {
  /**
   * Takes the outcome of a message that a client sent, with the response if there was one.
   *
   * @param endMs when the message was answered, in milliseconds; undefined if it was not. Default: the end of the response.
   */
  onOutcome(message: ClientMessage, status: Status, response?: McpResponse, endMs?: number): void
}

/** The requests that wait for a response. The outcome of each is reported once. */
export class PendingRequests {
  readonly #listener: OutcomeListener
  readonly #maxRequests: number
  /** Made for the first request: many POSTs have none. */
  #requests: Map<unknown, ClientMessage> | undefined

  /**
   * @param maxRequests how many may wait; beyond, the request that has waited longest is reported as one without a
   *   response. Default: no limit.
   */
  constructor(listener: OutcomeListener, maxRequests = Number.POSITIVE_INFINITY) {
    this.#listener = listener
    this.#maxRequests = maxRequests
  }

  add(request: ClientMessage): void {
    this.#requests ??= new Map()
    const requests = this.#requests
    // A request gets no response if its id is in use already or is none that JSON-RPC allows: it is its own key.
    requests.set(isId(request.id) && !requests.has(request.id) ? request.id : request, request)
    if (requests.size <= this.#maxRequests) return
    const oldest = this.#remove(requests.keys().next().value)
    if (oldest) this.#listener.onOutcome(oldest, 'none')
  }

  /** Reports the request that this responds to, and returns whether there was one. */
  resolve(response: McpResponse): boolean {
    const request = this.#remove(this.#keyOf(response))
    if (request) this.#listener.onOutcome(request, response.isError ? 'error' : 'ok', response)
    return request !== undefined
  }

  /** Reports a request for which the client no longer waits. */
  cancel(id: unknown): void {
    const request = isId(id) ? this.#remove(id) : undefined
    if (request) this.#listener.onOutcome(request, 'none')
  }

  /**
   * Reports all that are left with this status, because no more responses come.
   *
   * @param endMs when they were refused, in milliseconds; undefined if they were not
   */
  end(status: 'error' | 'none', endMs?: number): void {
    const requests = this.#requests
    if (requests === undefined || requests.size === 0) return
    for (const request of requests.values()) this.#listener.onOutcome(request, status, undefined, endMs)
    requests.clear()
  }

  /** Forgets all without a report. */
  clear(): void {
    this.#requests?.clear()
  }

  get size(): number {
    return this.#requests?.size ?? 0
  }

  /** An error without an id is for the only request, if there is one; among several it could be for any. */
  #keyOf({ id, isError }: McpResponse): unknown {
    return id === null && isError && this.size === 1 ? this.#requests?.keys().next().value : id
  }

  #remove(key: unknown): ClientMessage | undefined {
    const request = this.#requests?.get(key)
    this.#requests?.delete(key)
    return request
  }
}

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'
