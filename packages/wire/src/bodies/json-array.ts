import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import type { BodyParser } from './body-parser.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, partsOf, QUOTE, StringScanner } from './json-text.ts'

/**
 * Reads the objects of a JSON array. Elements of other types and the text between elements are skipped unchecked. A text
 * whose outermost value is an object has no elements.
 *
 * @param onElement gets the text of each object
 * @param maxElementBytes the length of the longest object that is read; 1 MiB by default
 */
export function createJsonArrayParser(onElement: (text: string) => void, maxElementBytes = 1024 * 1024): BodyParser {
  /** How many objects and arrays are open. */
  let depth = 0
  const strings = new StringScanner()
  let element: BodyCollector | undefined
  let isDone = false

  function read(part: Buffer): void {
    const text = part.toString('latin1')
    const { length } = text
    // Where the current element begins in this part, or goes on.
    let from = 0
    for (let i = strings.resume(text) + 1; i < length && !isDone; i++) {
      const byte = text.charCodeAt(i)
      if (byte === QUOTE) {
        i = strings.endOfString(text, i + 1)
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === 0 && byte === OPEN_BRACE) isDone = true
        if (depth === 1 && byte === OPEN_BRACE) {
          element = createBodyCollector(maxElementBytes)
          from = i
        }
        depth++
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--
        if (depth === 1) endElement(part.subarray(from, i + 1))
        if (depth <= 0) isDone = true
      }
    }
    element?.push(part.subarray(from))
  }

  function endElement(lastBytes: Uint8Array): void {
    element?.push(lastBytes)
    const text = element?.text()
    element = undefined
    if (text !== undefined) onElement(text)
  }

  return {
    push(chunk) {
      for (const part of partsOf(chunk)) read(part)
    },
    // An element ends with its closing brace, so that the end of the body completes none.
    end() {},
  }
}
