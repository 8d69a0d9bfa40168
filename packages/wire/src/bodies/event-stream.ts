import type { BodyParser } from './body-parser.ts'
import { Utf8Stream } from './utf8.ts'

/** Takes an event: its `data` lines, joined by `\n`; its type, `message` if it names none; and its id if it has one of its own. */
type OnEvent = (data: string, type: string, id: string | undefined) => void

export interface EventStreamOptions {
  /** The length of the longest event that is read, in UTF-16 code units. Default: 1 Mi. */
  readonly maxEventLength?: number
  /**
   * Returns whether one of several events may be of use, by their lines as they are in the stream: those of one event may be in
   * several `data` lines. Where it returns false, they are not read. Default: all are of use.
   */
  mayMatter?(events: string): boolean
}

/**
 * Reads `text/event-stream` (WHATWG HTML, "Server-sent events"). Unlike in that specification, the end of the body ends an
 * event that no empty line follows, as it does in the clients of such streams.
 *
 * @param onEvent gets each event that has data
 */
export const createEventStreamParser = (onEvent: OnEvent, options: EventStreamOptions = {}): BodyParser =>
  new EventStreamParser(onEvent, options)

const EVENT_END = '\n\n'

/** A class with fields, since closures would take a kilobyte for each stream that is open. */
class EventStreamParser implements BodyParser {
  readonly #onEvent: OnEvent
  readonly #maxEventLength: number
  readonly #mayMatter: EventStreamOptions['mayMatter']
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

  constructor(onEvent: OnEvent, { maxEventLength = 1024 * 1024, mayMatter }: EventStreamOptions) {
    this.#onEvent = onEvent
    this.#maxEventLength = maxEventLength
    this.#mayMatter = mayMatter
  }

  push(chunk: Uint8Array): void {
    const text = this.#utf8.push(chunk)
    this.#read(this.#mayMatter === undefined ? text : this.#skipEvents(text, this.#mayMatter))
  }

  end(): void {
    this.#read(this.#utf8.end())
    if (this.#lineLength > 0) this.#endLine()
    this.#endEvent()
  }

  /**
   * Reads the rest of an event that has begun, and skips the whole events after it if none of them matters. Returns what has not been
   * read. One search in all events of a text takes a fraction of the time of taking them apart.
   */
  #skipEvents(text: string, mayMatter: (events: string) => boolean): string {
    // Few streams have carriage returns, and those are read as they are.
    if (text.includes('\r')) return text
    let from = 0
    if (this.#isInEvent) {
      const end = text.indexOf(EVENT_END)
      if (end === -1) return text
      from = end + EVENT_END.length
      this.#read(text.slice(0, from))
      if (this.#isInEvent) return text.slice(from)
    }
    const end = text.lastIndexOf(EVENT_END)
    const to = end + EVENT_END.length
    return end < from || mayMatter(text.slice(from, to)) ? text.slice(from) : text.slice(to)
  }

  get #isInEvent(): boolean {
    return (
      this.#lineLength > 0 || this.#data !== undefined || this.#type !== '' || this.#id !== undefined || this.#isTooLong
    )
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
