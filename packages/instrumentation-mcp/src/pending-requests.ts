import type { ClientMessage, McpResponse } from './json-rpc.ts'
import type { Status } from './request-counter.ts'

/** The requests that wait for a response. The outcome of each is reported once. */
export interface PendingRequests {
  add(request: ClientMessage): void
  /** Reports the request that this responds to, and returns whether there was one. */
  resolve(response: McpResponse): boolean
  /** Reports a request for which the client no longer waits. */
  cancel(id: unknown): void
  /** Reports all that are left with this status, because no more responses come. */
  end(status: 'error' | 'none'): void
  /** Forgets all without a report. */
  clear(): void
  readonly size: number
}

/** Takes the outcome of a message that a client sent, with the response if there was one. */
export type OnOutcome = (message: ClientMessage, status: Status, response?: McpResponse) => void

/**
 * @param maxRequests how many may wait; beyond, the request that has waited longest is reported as one without a response.
 *   Default: no limit.
 */
export function createPendingRequests(onOutcome: OnOutcome, maxRequests = Number.POSITIVE_INFINITY): PendingRequests {
  const requests = new Map<unknown, ClientMessage>()

  /** An error without an id is for the only request, if there is one; among several it could be for any. */
  const keyOf = ({ id, isError }: McpResponse) =>
    id === null && isError && requests.size === 1 ? requests.keys().next().value : id

  function remove(key: unknown): ClientMessage | undefined {
    const request = requests.get(key)
    requests.delete(key)
    return request
  }

  return {
    add(request) {
      // A request gets no response if its id is in use already or is none that JSON-RPC allows: it is its own key.
      requests.set(isId(request.id) && !requests.has(request.id) ? request.id : request, request)
      if (requests.size <= maxRequests) return
      const oldest = remove(requests.keys().next().value)
      if (oldest) onOutcome(oldest, 'none')
    },
    resolve(response) {
      const request = remove(keyOf(response))
      if (request) onOutcome(request, response.isError ? 'error' : 'ok', response)
      return request !== undefined
    },
    cancel(id) {
      const request = isId(id) ? remove(id) : undefined
      if (request) onOutcome(request, 'none')
    },
    end(status) {
      for (const request of requests.values()) onOutcome(request, status)
      requests.clear()
    },
    clear: () => requests.clear(),
    get size() {
      return requests.size
    },
  }
}

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'
