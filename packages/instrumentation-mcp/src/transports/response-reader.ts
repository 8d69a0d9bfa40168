import {
  createBodyCollector,
  createEventStreamParser,
  createJsonOutline,
  createLinesOutline,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import { type McpResponse, RESPONSE_DEPTH, readMessages } from '../json-rpc.ts'

/** The limit of the outline of a body, and of one event of a stream, in bytes. Longer ones are not read. */
const MAX_OUTLINE_BYTES = 1024 * 1024

/**
 * Reads what a server sends back over HTTP: JSON or an event stream. Each response is passed on when its last byte has been
 * seen.
 *
 * @param onEventId is called for each event that has an id, after which the client may resume the stream
 * @returns a function that takes the body's bytes; undefined if such a body can hold no response
 */
export function createResponseReader(
  head: ResponseHead,
  onResponse: (response: McpResponse) => void,
  onEventId: () => void,
): ((chunk: Uint8Array) => void) | undefined {
  const read = (text: string) => {
    for (const response of readMessages(text).responses) onResponse(response)
  }

  if (isEventStream(head)) {
    return createEventReader((data, _, id) => {
      if (id !== undefined) onEventId()
      read(data)
    })
  }

  if (!contentTypeOf(head).includes('json')) return undefined
  const body = createBodyCollector(MAX_OUTLINE_BYTES)
  const outline = createJsonOutline(body.push, RESPONSE_DEPTH)
  let isRead = false
  return (chunk) => {
    if (isRead) return
    outline.push(chunk)
    if (!outline.isClosed) return
    isRead = true
    read(body.text() ?? '')
  }
}

/** Reads the events of a server's stream, each with the outline of its data. */
export function createEventReader(onEvent: Parameters<typeof createEventStreamParser>[0]): (chunk: Uint8Array) => void {
  const parser = createEventStreamParser(onEvent, MAX_OUTLINE_BYTES)
  return createLinesOutline(parser.push, () => RESPONSE_DEPTH).push
}

export const isSuccess = (status: number) => status >= 200 && status < 300

export const isEventStream = (head: ResponseHead) => contentTypeOf(head).includes('text/event-stream')

const contentTypeOf = (head: ResponseHead) => head.header('content-type')?.toLowerCase() ?? ''
