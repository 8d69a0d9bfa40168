/**
 * Reads a body that is a sequence of parts (events, lines, elements, messages) from its bytes as they pass, and hands on
 * each part as soon as it is complete.
 *
 * All such parsers skip a part that is longer than a bound, and go on with the next one. What their callback throws
 * reaches the caller of `push` or `end`, and the rest of that chunk is lost.
 */
export interface BodyParser {
  /** Reads the next bytes of the body, cut anywhere. The bytes are lent: the parser copies what it keeps. */
  push(chunk: Uint8Array): void
  /** Reads what the end of the body completes. Not to be called for a body that was cut short. */
  end(): void
}
