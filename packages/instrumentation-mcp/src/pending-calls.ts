import type { Answer, Call } from './json-rpc.ts'
import type { Status } from './requests.ts'

/** The messages that one exchange carries to a server: each is told once, when it is known how it ended. */
export interface PendingCalls {
  add(calls: readonly Call[]): void
  answer(answer: Answer): void
  /** No more answers come: what is left has this status. Notifications have none, whatever became of the exchange. */
  end(status: 'error' | 'none'): void
}

/** @param tell gets the answer too, where there was one */
export function createPendingCalls(tell: (call: Call, status: Status, answer?: Answer) => void): PendingCalls {
  const requests = new Map<unknown, Call>()
  const notifications: Call[] = []

  /** An error without an id answers the only request there is; among several nobody can tell. */
  const keyOf = ({ id, isError }: Answer) =>
    id === null && isError && requests.size === 1 ? requests.keys().next().value : id

  return {
    add(calls) {
      for (const call of calls) {
        if (call.id === undefined) notifications.push(call)
        // One whose id is taken, or none that JSON-RPC allows, cannot be told from others: it stays without an answer.
        else requests.set(isId(call.id) && !requests.has(call.id) ? call.id : call, call)
      }
    },
    answer(answer) {
      const key = keyOf(answer)
      const call = requests.get(key)
      if (call === undefined) return
      requests.delete(key)
      tell(call, answer.isError ? 'error' : 'ok', answer)
    },
    end(status) {
      for (const call of requests.values()) tell(call, status)
      for (const call of notifications) tell(call, 'none')
      requests.clear()
      notifications.length = 0
    },
  }
}

const isId = (id: unknown) => typeof id === 'string' || typeof id === 'number'
