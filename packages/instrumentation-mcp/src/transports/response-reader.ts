import { createEventStreamParser, createLinesOutline, JsonBody, type ResponseHead } from '@agentgateway-otel/wire'
import { type McpResponse, messagesIn, RESPONSE_DEPTH, readMessages } from '../json-rpc.ts'

/** The limit of one event of a stream, in bytes. Longer ones are not read. */
const MAX_OUTLINE_BYTES = 1024 * 1024

/** Is given what a server sends back over HTTP. */
export interface ResponseListener {
  /** A clock that never goes back, in milliseconds. */
  now(): number
  /** Takes a response when its last byte has been seen. */
  onResponse(response: McpResponse): void
  /** An event has an id, so that the client may resume the stream after it. */
  onEventId?(): void
}

/** Reads what a server sends back over HTTP. */
export interface ResponseReader {
  /** Reads the next bytes of the body. The bytes are lent. */
  push(chunk: Uint8Array): void
}

/** Creates a reader for a body of JSON or an event stream; undefined if such a body can hold no response. */
export function createResponseReader(head: ResponseHead, listener: ResponseListener): ResponseReader | undefined {
  const contentType = contentTypeOf(head)
  if (contentType.includes(EVENT_STREAM)) {
    return createEventReader((data, _, id) => {
      if (id !== undefined) listener.onEventId?.()
      for (const response of readMessages(data, listener.now()).responses) listener.onResponse(response)
    })
  }
  return contentType.includes('json') ? new JsonResponseReader(listener) : undefined
}

class JsonResponseReader implements ResponseReader {
  readonly #listener: ResponseListener
  /** Undefined once it has been read. */
  #body: JsonBody | undefined = new JsonBody(RESPONSE_DEPTH)

  constructor(listener: ResponseListener) {
    this.#listener = listener
  }

  push(chunk: Uint8Array): void {
    if (this.#body === undefined) return
    this.#body.push(chunk)
    const value = this.#body.value()
    if (value === undefined) return
    this.#body = undefined
    for (const response of messagesIn(value, this.#listener.now()).responses) this.#listener.onResponse(response)
  }
}

const responseDepth = () => RESPONSE_DEPTH

/** Reads the events of a server's stream, each with the outline of its data. */
export function createEventReader(onEvent: Parameters<typeof createEventStreamParser>[0]): ResponseReader {
  const parser = createEventStreamParser(onEvent, MAX_OUTLINE_BYTES)
  return createLinesOutline((bytes) => parser.push(bytes), responseDepth)
}

export const isSuccess = (status: number) => status >= 200 && status < 300

const EVENT_STREAM = 'text/event-stream'

export const isEventStream = (head: ResponseHead) => contentTypeOf(head).includes(EVENT_STREAM)

const contentTypeOf = (head: ResponseHead) => head.header('content-type')?.toLowerCase() ?? ''
