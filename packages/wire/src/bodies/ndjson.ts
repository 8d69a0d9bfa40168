import type { BodyParser } from './body-parser.ts'
import { Utf8Stream } from './utf8.ts'

/**
 * Reads newline-delimited JSON (NDJSON, JSON Lines). The end of the body ends the last line.
 *
 * @param onLine gets each line that is not blank, without the white space around it
 * @param maxLineLength the length of the longest line that is read, in UTF-16 code units; 1 Mi by default
 */
export function createNdjsonParser(onLine: (line: string) => void, maxLineLength = 1024 * 1024): BodyParser {
  const utf8 = new Utf8Stream()
  let line = ''
  let isTooLong = false

  function extendLine(text: string): void {
    isTooLong ||= line.length + text.length > maxLineLength
    line = isTooLong ? '' : line + text
  }

  function endLine(): void {
    const completeLine = line.trim()
    line = ''
    isTooLong = false
    if (completeLine !== '') onLine(completeLine)
  }

  function read(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      extendLine(text.slice(from, end))
      from = end + 1
      endLine()
    }
    extendLine(text.slice(from))
  }

  return {
    push: (chunk) => read(utf8.push(chunk)),
    end() {
      read(utf8.end())
      endLine()
    },
  }
}
