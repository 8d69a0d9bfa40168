import type { BodyParser } from './body-parser.ts'

/**
 * Reads `text/event-stream` (WHATWG HTML, "Server-sent events"). Unlike in that specification, the end of the body ends an
 * event that no empty line follows, as it does in the clients of such streams.
 *
 * @param onEvent gets each event that has data: its `data` lines, joined by `\n`; its type, which is `message` if the event
 *   names none; and its id if it has one of its own
 * @param maxEventLength the length of the longest event that is read, in UTF-16 code units; 1 Mi by default
 */
export function createEventStreamParser(
  onEvent: (data: string, type: string, id: string | undefined) => void,
  maxEventLength = 1024 * 1024,
): BodyParser {
  const decoder = new TextDecoder()
  /** The current line so far. Only new text is searched for its end. */
  let line = ''
  /** The length of the current line, also where it is too long to be kept. */
  let lineLength = 0
  let data: string | undefined
  let type = ''
  let id: string | undefined
  let isTooLong = false
  /** Whether the last text ended in a carriage return: a line feed at the beginning of the next text belongs to it. */
  let endedInCarriageReturn = false

  function read(text: string): void {
    let from = endedInCarriageReturn && text.startsWith('\n') ? 1 : 0
    if (text !== '') endedInCarriageReturn = false
    let lf = text.indexOf('\n', from)
    let cr = text.indexOf('\r', from)
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf
      extendLine(text, from, end)
      endLine()
      if (end === cr) {
        endedInCarriageReturn = end + 1 === text.length
        from = lf === end + 1 ? end + 2 : end + 1
        cr = text.indexOf('\r', from)
      } else {
        from = end + 1
      }
      if (lf !== -1 && lf < from) lf = text.indexOf('\n', from)
    }
    extendLine(text, from, text.length)
  }

  function extendLine(text: string, from: number, to: number): void {
    lineLength += to - from
    if (lineLength + (data?.length ?? 0) > maxEventLength) {
      isTooLong = true
      line = ''
      data = undefined
    } else if (!isTooLong && to > from) {
      line += text.slice(from, to)
    }
  }

  function endLine(): void {
    if (lineLength === 0) {
      endEvent()
      return
    }
    if (!isTooLong) readField(line)
    line = ''
    lineLength = 0
  }

  /** Reads a field of the current event. A comment is a field without a name; `retry` is of no use here. */
  function readField(text: string): void {
    const colon = text.indexOf(':')
    const name = colon === -1 ? text : text.slice(0, colon)
    if (name !== 'data' && name !== 'event' && name !== 'id') return
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') type = value
    else if (name === 'id') id = value
    else data = data === undefined ? value : `${data}\n${value}`
  }

  function endEvent(): void {
    const [completeData, completeType, completeId] = [data, type, id]
    data = undefined
    type = ''
    id = undefined
    isTooLong = false
    if (completeData !== undefined) onEvent(completeData, completeType === '' ? 'message' : completeType, completeId)
  }

  return {
    push: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end() {
      read(decoder.decode())
      if (lineLength > 0) endLine()
      endEvent()
    },
  }
}
