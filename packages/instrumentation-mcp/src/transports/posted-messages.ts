import { createBodyCollector, createJsonOutline } from '@agentgateway-otel/wire'
import { type ClientMessage, type McpResponse, MESSAGE_DEPTH, readMessages } from '../json-rpc.ts'
import { createPendingRequests, type OnOutcome, type PendingRequests } from '../pending-requests.ts'

/** The messages in the body of one POST. */
export interface PostedMessages {
  /** Takes bytes of the body. */
  push(chunk: Uint8Array): void
  /** Reads the body if it is complete and has not been read yet. */
  read(): void
  /** Whether any bytes of the body have been seen. */
  readonly hasBody: boolean
  readonly requests: PendingRequests
  /** Like `requests.resolve`, but reads the body first: a server may respond before the request's end is observed. */
  resolve(response: McpResponse): boolean
  /**
   * Reports the notifications, and the requests that have no response.
   *
   * @param status the status of these requests; undefined leaves them waiting
   */
  end(status: 'error' | 'none' | undefined): void
  /** Forgets all messages without a report. */
  clear(): void
}

/** A body is not read if its outline is longer than this, in bytes. */
const MAX_OUTLINE_BYTES = 1024 * 1024

/** @param accept takes the messages when the body is read, and returns whether to count them */
export function createPostedMessages(
  onOutcome: OnOutcome,
  accept: (messages: readonly ClientMessage[]) => boolean,
): PostedMessages {
  const body = createBodyCollector(MAX_OUTLINE_BYTES)
  const outline = createJsonOutline(body.push, MESSAGE_DEPTH)
  const requests = createPendingRequests(onOutcome)
  const notifications: ClientMessage[] = []
  let isRead = false
  let hasBody = false

  function read(): void {
    if (isRead || !outline.isClosed) return
    isRead = true
    const { clientMessages, responses } = readMessages(body.text() ?? '')
    if (clientMessages.length + responses.length === 0 || !accept(clientMessages)) return
    for (const message of clientMessages) {
      if (message.id === undefined) notifications.push(message)
      else requests.add(message)
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
    resolve(response) {
      read()
      return requests.resolve(response)
    },
    end(status) {
      if (status !== undefined) requests.end(status)
      for (const notification of notifications) onOutcome(notification, 'none')
      notifications.length = 0
    },
    clear() {
      requests.clear()
      notifications.length = 0
    },
  }
}
