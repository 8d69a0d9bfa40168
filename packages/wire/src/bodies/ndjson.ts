/** Reads newline-delimited JSON (NDJSON, JSON Lines) from bytes as they pass: one text a line. */
export interface NdjsonParser {
  /** Bytes of the body, cut anywhere. */
  push(chunk: Uint8Array): void
  /** The body ended whole: what stands after the last line feed is a line too. */
  end(): void
}

/**
 * @param onLine gets each line that is not empty, without its ending. What it throws reaches the caller of `push`, and the
 *   rest of that chunk is lost.
 * @param maxLineLength how long a line may be, in UTF-16 code units; 1 Mi by default. A longer one is dropped whole, and
 *   the next one is read as ever.
 */
export function createNdjsonParser(onLine: (line: string) => void, maxLineLength = 1024 * 1024): NdjsonParser {
  const decoder = new TextDecoder()
  let line = ''
  let isTooLong = false

  function extend(text: string): void {
    isTooLong ||= line.length + text.length > maxLineLength
    line = isTooLong ? '' : line + text
  }

  function endLine(): void {
    const ready = line.trim()
    line = ''
    isTooLong = false
    if (ready !== '') onLine(ready)
  }

  function read(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      extend(text.slice(from, end))
      from = end + 1
      endLine()
    }
    extend(text.slice(from))
  }

  return {
    push: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end() {
      read(decoder.decode())
      endLine()
    },
  }
}
