import {
  createBodyCollector,
  createEventStreamParser,
  createJsonOutline,
  createLinesOutline,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import { ANSWER_DEPTH, type Answer, readMessages } from '../json-rpc.ts'

/** Of an outline, and of an event of a stream of outlines, in bytes. */
const MAX_OUTLINE = 1024 * 1024

/**
 * Reads what a server answers over HTTP: JSON, or an event stream. Each answer is told when its last byte has passed.
 *
 * @param eventHasId is called for each event that has an id: the client may ask for what comes after it
 * @returns what takes the body's bytes; undefined where the body can hold no answer
 */
export function createAnswerReader(
  head: ResponseHead,
  tell: (answer: Answer) => void,
  eventHasId: () => void,
): ((chunk: Uint8Array) => void) | undefined {
  const read = (text: string) => {
    for (const answer of readMessages(text).answers) tell(answer)
  }

  if (isEventStream(head)) {
    return createEventReader((data, _, id) => {
      if (id !== undefined) eventHasId()
      read(data)
    })
  }

  if (!contentTypeOf(head).includes('json')) return undefined
  const body = createBodyCollector(MAX_OUTLINE)
  const outline = createJsonOutline(body.push, ANSWER_DEPTH)
  let isRead = false
  return (chunk) => {
    if (isRead) return
    outline.push(chunk)
    if (!outline.isClosed) return
    isRead = true
    read(body.text() ?? '')
  }
}

/** Reads the events of a server's stream, in outline. */
export function createEventReader(onEvent: Parameters<typeof createEventStreamParser>[0]): (chunk: Uint8Array) => void {
  const parser = createEventStreamParser(onEvent, MAX_OUTLINE)
  return createLinesOutline(parser.push, () => ANSWER_DEPTH).push
}

export const isEventStream = (head: ResponseHead) => contentTypeOf(head).includes('text/event-stream')

const contentTypeOf = (head: ResponseHead) => head.header('content-type')?.toLowerCase() ?? ''
