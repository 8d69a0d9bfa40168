/** Reads `text/event-stream` (WHATWG HTML, "Server-sent events") from bytes as they pass. */
export interface EventStreamParser {
  /** Bytes of the body, cut anywhere. */
  push(chunk: Uint8Array): void
  /** The body ended whole: an event that its sender did not close with an empty line counts too, as clients have it. */
  end(): void
}

/**
 * @param onEvent gets each event that has data: its `data` lines joined by `\n`, its type, `message` when unnamed, and
 *   the id that it gives, if any. What it throws reaches the caller of `push`, and the rest of that chunk is lost.
 * @param maxEventLength how long an event may be, in UTF-16 code units; 1 Mi by default. A longer event
 *   is dropped whole, and the next one is read as ever.
 */
export function createEventStreamParser(
  onEvent: (data: string, event: string, id: string | undefined) => void,
  maxEventLength = 1024 * 1024,
): EventStreamParser {
  const decoder = new TextDecoder()
  /** The line begun by earlier chunks. It is only searched once: each chunk is searched by itself. */
  let line = ''
  let data: string | undefined
  let event = ''
  let id: string | undefined
  let lineLength = 0
  let oversized = false
  let afterCarriageReturn = false

  function read(text: string): void {
    let from = afterCarriageReturn && text.startsWith('\n') ? 1 : 0
    if (text !== '') afterCarriageReturn = false
    let lf = text.indexOf('\n', from)
    let cr = text.indexOf('\r', from)
    while (lf !== -1 || cr !== -1) {
      const end = lf === -1 || (cr !== -1 && cr < lf) ? cr : lf
      extend(text, from, end)
      endLine()
      if (end === cr) {
        afterCarriageReturn = end + 1 === text.length
        from = lf === end + 1 ? end + 2 : end + 1
        cr = text.indexOf('\r', from)
      } else {
        from = end + 1
      }
      if (lf !== -1 && lf < from) lf = text.indexOf('\n', from)
    }
    extend(text, from, text.length)
  }

  function extend(text: string, from: number, to: number): void {
    lineLength += to - from
    if (lineLength + (data?.length ?? 0) > maxEventLength) {
      oversized = true
      line = ''
      data = undefined
    } else if (!oversized && to > from) {
      line += text.slice(from, to)
    }
  }

  function endLine(): void {
    if (lineLength === 0) {
      dispatch()
      return
    }
    if (!oversized) field(line)
    line = ''
    lineLength = 0
  }

  /** A comment is a field without a name. `retry` is of no use here. */
  function field(text: string): void {
    const colon = text.indexOf(':')
    const name = colon === -1 ? text : text.slice(0, colon)
    if (name !== 'data' && name !== 'event' && name !== 'id') return
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'event') event = value
    else if (name === 'id') id = value
    else data = data === undefined ? value : `${data}\n${value}`
  }

  function dispatch(): void {
    const [ready, type, ownId] = [data, event, id]
    data = undefined
    event = ''
    id = undefined
    oversized = false
    if (ready !== undefined) onEvent(ready, type === '' ? 'message' : type, ownId)
  }

  return {
    push: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end() {
      read(decoder.decode())
      if (lineLength > 0) endLine()
      dispatch()
    },
  }
}
