import { createBodyCollector, createEventStreamParser, type ResponseHead } from '@agentgateway-otel/wire'
import { createEventStreamOutline, createJsonOutline } from './json-outline.ts'
import { type Answer, readMessages } from './json-rpc.ts'

/** An answer, its result, and the `serverInfo` in that. */
const DEPTH = 3

/** Of an outline, and of an event of a stream of outlines, in bytes. */
const MAX_OUTLINE = 1024 * 1024

/**
 * Reads what a server answers over HTTP: JSON, or an event stream. Each answer is told when its last byte has passed.
 *
 * @returns what takes the body's bytes; undefined where the body can hold no answer
 */
export function createAnswerReader(
  head: ResponseHead,
  tell: (answer: Answer) => void,
): ((chunk: Uint8Array) => void) | undefined {
  const read = (text: string) => {
    for (const answer of readMessages(text).answers) tell(answer)
  }

  if (isEventStream(head)) {
    const parser = createEventStreamParser(read, MAX_OUTLINE)
    return createEventStreamOutline(parser.push, DEPTH).push
  }

  if (!contentTypeOf(head).includes('json')) return undefined
  const body = createBodyCollector(MAX_OUTLINE)
  const outline = createJsonOutline(body.push, DEPTH)
  let isRead = false
  return (chunk) => {
    if (isRead) return
    outline.push(chunk)
    if (!outline.isClosed) return
    isRead = true
    read(body.text() ?? '')
  }
}

export const isEventStream = (head: ResponseHead) => contentTypeOf(head).includes('text/event-stream')

const contentTypeOf = (head: ResponseHead) => head.header('content-type')?.toLowerCase() ?? ''
