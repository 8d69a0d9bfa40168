import { createBodyCollector, createJsonOutline } from '@agentgateway-otel/wire'
import { type Answer, CALL_DEPTH, type Call, readMessages } from '../json-rpc.ts'
import { createPendingCalls, type PendingCalls, type TellCall } from '../pending-calls.ts'

/** The messages that a POST carries to a server. */
export interface Post {
  /** Bytes of its body. */
  push(chunk: Uint8Array): void
  /** Reads the body, if it has arrived whole and was not read before. */
  read(): void
  /** Bytes of the body have been seen. */
  readonly hasBody: boolean
  readonly requests: PendingCalls
  /** As `requests` do, also when the server answers before the request's end is told. */
  answer(answer: Answer): boolean
  /** @param status of requests without an answer; undefined leaves them waiting. Notifications have none. */
  end(status: 'error' | 'none' | undefined): void
  /** Nothing of it is told. */
  drop(): void
}

/** A body whose outline is longer is not read, in bytes. */
const MAX_OUTLINE = 1024 * 1024

/** @param accept hears of the messages when the body is read, and says whether they are to be counted */
export function createPost(tell: TellCall, accept: (calls: readonly Call[]) => boolean): Post {
  const body = createBodyCollector(MAX_OUTLINE)
  const outline = createJsonOutline(body.push, CALL_DEPTH)
  const requests = createPendingCalls(tell)
  const notifications: Call[] = []
  let isRead = false
  let hasBody = false

  function read(): void {
    if (isRead || !outline.isClosed) return
    isRead = true
    const { calls, answers } = readMessages(body.text() ?? '')
    if (calls.length + answers.length === 0 || !accept(calls)) return
    for (const call of calls) {
      if (call.id === undefined) notifications.push(call)
      else requests.add(call)
    }
  }

  return {
    push(chunk) {
      hasBody = true
      outline.push(chunk)
    },
    read,
    get hasBody() {
      return hasBody
    },
    requests,
    answer(answer) {
      read()
      return requests.answer(answer)
    },
    end(status) {
      if (status !== undefined) requests.end(status)
      for (const call of notifications) tell(call, 'none')
      notifications.length = 0
    },
    drop() {
      requests.drop()
      notifications.length = 0
    },
  }
}
