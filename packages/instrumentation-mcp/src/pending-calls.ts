import type { Answer, Call } from './json-rpc.ts'
import type { Status } from './request-counter.ts'

/** The requests that wait for an answer: each is told once, when it is known how it ended. */
export interface PendingCalls {
  add(call: Call): void
  /** Whether it answers one of these. */
  answer(answer: Answer): boolean
  /** The client does not wait for it any longer. */
  cancel(id: unknown): void
  /** No more answers come: what is left has this status. */
  end(status: 'error' | 'none'): void
  /** Forgets them, untold. */
  drop(): void
  readonly size: number
}

/** Gets the answer too, where there was one. */
export type TellCall = (call: Call, status: Status, answer?: Answer) => void

/** @param max how many may wait; beyond, the one that has waited longest is told as one without an answer */
export function createPendingCalls(tell: TellCall, max = Number.POSITIVE_INFINITY): PendingCalls {
  const requests = new Map<unknown, Call>()

  /** An error without an id answers the only request there is; among several nobody can tell. */
  const keyOf = ({ id, isError }: Answer) =>
    id === null && isError && requests.size === 1 ? requests.keys().next().value : id

  function take(key: unknown): Call | undefined {
    const call = requests.get(key)
    requests.delete(key)
    return call
  }

  return {
    add(call) {
      // One whose id is taken, or none that JSON-RPC allows, cannot be told from others: it stays without an answer.
      requests.set(isId(call.id) && !requests.has(call.id) ? call.id : call, call)
      if (requests.size <= max) return
      const longest = take(requests.keys().next().value)
      if (longest) tell(longest, 'none')
    },
    answer(answer) {
      const call = take(keyOf(answer))
      if (call) tell(call, answer.isError ? 'error' : 'ok', answer)
      return call !== undefined
    },
    cancel(id) {
      const call = isId(id) ? take(id) : undefined
      if (call) tell(call, 'none')
    },
    end(status) {
      for (const call of requests.values()) tell(call, status)
      requests.clear()
    },
    drop: () => requests.clear(),
    get size() {
      return requests.size
    },
  }
}

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'
