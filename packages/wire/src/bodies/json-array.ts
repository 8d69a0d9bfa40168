import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, endOfString, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-text.ts'

/** Reads a JSON array of objects from bytes as they pass: one text an element, as soon as it is whole. */
export interface JsonArrayParser {
  /** Bytes of the body, cut anywhere. */
  push(chunk: Uint8Array): void
}

/**
 * Elements that are no objects, and what is between them, are passed over; what is no array yields nothing.
 *
 * @param onElement gets the text of each object. What it throws reaches the caller of `push`, and the rest of that chunk
 *   is lost.
 * @param maxElementBytes how long an element may be; 1 MiB by default. A longer one is dropped whole, and the next one is
 *   read as ever.
 */
export function createJsonArrayParser(
  onElement: (text: string) => void,
  maxElementBytes = 1024 * 1024,
): JsonArrayParser {
  /** How many objects and arrays are open. */
  let depth = 0
  let isInString = false
  /** A chunk ended in a backslash: the next one begins with what it escapes. */
  let isEscaped = false
  let isDone = false
  let element: BodyCollector | undefined

  function push(chunk: Uint8Array): void {
    const { length } = chunk
    // Where in this chunk the element that is being read begins, or goes on.
    let from = 0
    let i = 0
    if (isEscaped && length > 0) {
      isEscaped = false
      i = 1
    }
    for (; i < length && !isDone; i++) {
      const byte = chunk[i]
      if (isInString) {
        i = endOfString(chunk, i)
        isInString = i >= length
        isEscaped = i > length
      } else if (byte === QUOTE) {
        isInString = true
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === 0 && byte === OPEN_BRACE) isDone = true
        if (depth === 1 && byte === OPEN_BRACE) {
          element = createBodyCollector(maxElementBytes)
          from = i
        }
        depth++
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--
        if (depth === 1) endElement(chunk.subarray(from, i + 1))
        if (depth <= 0) isDone = true
      }
    }
    element?.push(chunk.subarray(from))
  }

  function endElement(rest: Uint8Array): void {
    element?.push(rest)
    const text = element?.text()
    element = undefined
    if (text !== undefined) onElement(text)
  }

  return { push }
}
