import { JsonBody } from '@agentgateway-otel/wire'
import { type ClientMessage, EVIDENCE_DEPTH, type McpResponse, messagesIn } from '../json-rpc.ts'
import { type OutcomeListener, PendingRequests } from '../pending-requests.ts'

/** Decides about the messages of a POST, and is given their outcomes. */
export interface PostOwner extends OutcomeListener {
  /** Takes the messages when the body is read, and returns whether to count them. */
  accept(messages: readonly ClientMessage[]): boolean
}

const NO_MESSAGES: readonly ClientMessage[] = []

/** The messages in the body of one POST. */
export class PostedMessages {
  readonly requests: PendingRequests
  readonly #owner: PostOwner
  readonly #startMs: number
  #notifications = NO_MESSAGES
  /** The body, until it has been read. */
  #body: JsonBody | undefined = new JsonBody(EVIDENCE_DEPTH)
  #hasBody = false

  /** @param startMs when the POST began, in milliseconds */
  constructor(owner: PostOwner, startMs: number) {
    this.#owner = owner
    this.#startMs = startMs
    this.requests = new PendingRequests(owner)
  }

  /** Takes bytes of the body. */
  push(chunk: Uint8Array): void {
    this.#hasBody = true
    this.#body?.push(chunk)
  }

  /** Reads the body if it is complete and has not been read yet. */
  read(): void {
    const value = this.#body?.value()
    if (value === undefined) return
    this.#body = undefined
    const { clientMessages, responses } = messagesIn(value, this.#startMs)
    if (clientMessages.length + responses.length === 0 || !this.#owner.accept(clientMessages)) return
    for (const message of clientMessages) {
      if (message.id === undefined) this.#notifications = [...this.#notifications, message]
      else this.requests.add(message)
    }
  }

  /** Whether any bytes of the body have been seen. */
  get hasBody(): boolean {
    return this.#hasBody
  }

  /** Like `requests.resolve`, but reads the body first: a server may respond before the request's end is observed. */
  resolve(response: McpResponse): boolean {
    this.read()
    return this.requests.resolve(response)
  }

  /**
   * Reports the notifications, and the requests that have no response.
   *
   * @param status the status of these requests; undefined leaves them waiting
   * @param endMs when they were refused, in milliseconds; undefined if they were not
   */
  end(status: 'error' | 'none' | undefined, endMs?: number): void {
    if (status !== undefined) this.requests.end(status, endMs)
    const notifications = this.#notifications
    this.#notifications = NO_MESSAGES
    for (const notification of notifications) this.#owner.onOutcome(notification, 'none')
  }

  /** Forgets all messages without a report. */
  clear(): void {
    this.requests.clear()
    this.#notifications = NO_MESSAGES
  }
}
