import type { BodyParser } from './body-parser.ts'
import { Utf8Stream } from './utf8.ts'

/** Takes an event: its `data` lines, joined by `\n`; its type, `message` if it names none; and its id if it has one of its own. */
type OnEvent = (data: string, type: string, id: string | undefined) => void

/**
 * Reads `text/event-stream` (WHATWG HTML, "Server-sent events"). Unlike in that specification, the end of the body ends an
 * event that no empty line follows, as it does in the clients of such streams.
 *
 * @param onEvent gets each event that has data
 * @param maxEventLength the length of the longest event that is read, in UTF-16 code units; 1 Mi by default
 */
export const createEventStreamParser = (onEvent: OnEvent, maxEventLength = 1024 * 1024): BodyParser =>
  new EventStreamParser(onEvent, maxEventLength)

/** A class with fields, since closures would take a kilobyte for each stream that is open. */
class EventStreamParser implements BodyParser {
  readonly #onEvent: OnEvent
  readonly #maxEventLength: number
  readonly #utf8 = new Utf8Stream()
  /** The current line so far. Only new text is searched for its end. */
  #line = ''
  /** The length of the current line, also where it is too long to be kept. */
  #lineLength = 0
  #data: string | undefined
  #type = ''
  #id: string | undefined
  #isTooLong = false
  /** Whether the last text ended in a carriage return: a line feed at the beginning of the next text belongs to it. */
  #endedInCarriageReturn = false

  constructor(onEvent: OnEvent, maxEventLength: number) {
    this.#onEvent = onEvent
    this.#maxEventLength = maxEventLength
  }

  push(chunk: Uint8Array): void {
    this.#read(this.#utf8.push(chunk))
  }

  end(): void {
    this.#read(this.#utf8.end())
    if (this.#lineLength > 0) this.#endLine()
    this.#endEvent()
  }

  #read(text: string): void {
    let from = this.#endedInCarriageReturn && text.startsWith('\n') ? 1 : 0
    if (text !== '') this.#endedInCarriageReturn = false
    let lf = text.indexOf('\n', from)
    let cr = text.indexOf('\r', from)
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf
      this.#extendLine(text, from, end)
      this.#endLine()
      if (end === cr) {
        this.#endedInCarriageReturn = end + 1 === text.length
        from = lf === end + 1 ? end + 2 : end + 1
        cr = text.indexOf('\r', from)
      } else {
        from = end + 1
      }
      if (lf !== -1 && lf < from) lf = text.indexOf('\n', from)
    }
    this.#extendLine(text, from, text.length)
  }

  #extendLine(text: string, from: number, to: number): void {
    this.#lineLength += to - from
    if (this.#lineLength + (this.#data?.length ?? 0) > this.#maxEventLength) {
      this.#isTooLong = true
      this.#line = ''
      this.#data = undefined
    } else if (!this.#isTooLong && to > from) {
      this.#line += text.slice(from, to)
    }
  }

  #endLine(): void {
    if (this.#lineLength === 0) {
      this.#endEvent()
      return
    }
    if (!this.#isTooLong) this.#readField(this.#line)
    this.#line = ''
    this.#lineLength = 0
  }

  /** Reads a field of the current event. A comment is a field without a name; `retry` is of no use here. */
  #readField(text: string): void {
    const colon = text.indexOf(':')
    const name = colon === -1 ? text : text.slice(0, colon)
    if (name !== 'data' && name !== 'event' && name !== 'id') return
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') this.#type = value
    else if (name === 'id') this.#id = value
    else this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
  }

  #endEvent(): void {
    const [data, type, id] = [this.#data, this.#type, this.#id]
    this.#data = undefined
    this.#type = ''
    this.#id = undefined
    this.#isTooLong = false
    if (data !== undefined) this.#onEvent(data, type === '' ? 'message' : type, id)
  }
}
