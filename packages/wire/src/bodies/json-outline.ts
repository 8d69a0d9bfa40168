import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  endOfString,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-text.ts'

type Emit = (bytes: Uint8Array) => void

/** Shortens a JSON text as it passes, so that the outline that is left of it is small and cheap to parse. */
export interface JsonOutline {
  /** Reads the next bytes of the text, cut anywhere. The bytes are lent. */
  push(chunk: Uint8Array): void
  /** Begins with another text. Its `maxDepth` is that of the text before, unless another one is given. */
  reset(maxDepth?: number): void
  /** Whether the outermost object or array has ended. */
  readonly isClosed: boolean
}

/** Longer strings are cut to this length. Names and ids are shorter. */
export const MAX_STRING_BYTES = 1024

/**
 * Once an outline has this many bytes, only shallow objects and arrays keep all their content: the outermost one and those
 * directly in it.
 */
const MAX_DEEP_BYTES = 64 * 1024
const SHALLOW_DEPTH = 2

const LETTER_U = 0x75

/** Values of `escapeBytesLeft` after a backslash, and after a backslash and `u`, which four digits follow. */
const [AFTER_BACKSLASH, AFTER_BACKSLASH_U] = [5, 4]

/**
 * Creates an outline of a JSON text. A body may be megabytes of one string, or hold a hundred nested objects, and parsing
 * all of it for a few short members would block the event loop.
 *
 * The outline of valid JSON is valid JSON. Other text is not checked, and may pass unchanged.
 *
 * @param emit gets the bytes of the outline, which are parts of the pushed chunks and lent like these
 * @param maxDepth how deep objects and arrays keep their content, 1 being the outermost one. An array around all of the
 *   text does not count. Deeper ones are emptied, and once much has been kept, deep ones are cut short.
 */
export const createJsonOutline = (emit: Emit, maxDepth: number): JsonOutline => new Outline(emit, maxDepth)

/** A class with fields, since closures would take a kilobyte for each stream that is open. */
class Outline implements JsonOutline {
  readonly #emit: Emit
  private maxDepth: number
  /** How many objects and arrays are open. */
  private depth = 0
  /** How many objects and arrays may be open where content is kept. */
  private keptDepth: number
  /** The same where content is kept whatever has been kept before. */
  private shallowDepth = SHALLOW_DEPTH
  private keptBytes = 0
  /** Whether the current byte is part of the outline. */
  private isKept = true
  private isInString = false
  /** How many bytes of the current string have been kept. */
  private stringBytes = 0
  /** How many bytes of an escape are still to come. Within a string that is left out, 1 stands for any escape. */
  private escapeBytesLeft = 0
  isClosed = false

  constructor(emit: Emit, maxDepth: number) {
    this.#emit = emit
    this.maxDepth = maxDepth
    this.keptDepth = maxDepth
  }

  reset(maxDepth = this.maxDepth): void {
    this.maxDepth = maxDepth
    this.depth = 0
    this.keptDepth = maxDepth
    this.shallowDepth = SHALLOW_DEPTH
    this.keptBytes = 0
    this.isKept = true
    this.isInString = false
    this.stringBytes = 0
    this.escapeBytesLeft = 0
    this.isClosed = false
  }

  push(chunk: Uint8Array): void {
    // Each byte reads and writes these several times. As local variables they can stay in registers.
    let { depth, keptDepth, shallowDepth, keptBytes, isKept, isInString, stringBytes, escapeBytesLeft, isClosed } = this
    const emit = this.#emit
    let from = 0

    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (isInString) {
        if (isKept && stringBytes >= MAX_STRING_BYTES && escapeBytesLeft === 0 && byte !== QUOTE) {
          if (i > from) emit(chunk.subarray(from, i))
          keptBytes += i - from
          isKept = false
        }
        if (isKept) {
          stringBytes++
          if (escapeBytesLeft === AFTER_BACKSLASH) escapeBytesLeft = byte === LETTER_U ? AFTER_BACKSLASH_U : 0
          else if (escapeBytesLeft > 0) escapeBytesLeft--
          else if (byte === BACKSLASH) escapeBytesLeft = AFTER_BACKSLASH
          else if (byte === QUOTE) isInString = false
        } else if (escapeBytesLeft > 0) {
          escapeBytesLeft = 0
        } else {
          // Most bytes of a large body are skipped here.
          i = endOfString(chunk, i)
          isInString = i >= chunk.length
          escapeBytesLeft = i > chunk.length ? 1 : 0
        }
        if (isInString) continue
      } else if (byte === QUOTE) {
        isInString = depth > 0
        stringBytes = 0
        continue
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === 0) {
          const arrays = byte === OPEN_BRACKET ? 1 : 0
          keptDepth = this.maxDepth + arrays
          shallowDepth = SHALLOW_DEPTH + arrays
        }
        depth++
        if (isKept && depth > keptDepth) {
          emit(chunk.subarray(from, i + 1))
          keptBytes += i + 1 - from
          isKept = false
        }
        continue
      } else if (byte === COMMA) {
        if (isKept && depth > shallowDepth && keptBytes + i - from > MAX_DEEP_BYTES) {
          // The rest of this object or array is left out, and from here on all content that is as deep.
          if (i > from) emit(chunk.subarray(from, i))
          keptBytes += i - from
          isKept = false
          keptDepth = depth - 1
        }
        continue
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth = Math.max(0, depth - 1)
        if (depth === 0) isClosed = true
      } else {
        continue
      }
      // A string, an object or an array has ended here.
      if (!isKept && depth <= keptDepth) {
        isKept = true
        from = i
      }
    }
    if (isKept && from < chunk.length) {
      emit(chunk.subarray(from))
      keptBytes += chunk.length - from
    }
    this.depth = depth
    this.keptDepth = keptDepth
    this.shallowDepth = shallowDepth
    this.keptBytes = keptBytes
    this.isKept = isKept
    this.isInString = isInString
    this.stringBytes = stringBytes
    this.escapeBytesLeft = escapeBytesLeft
    this.isClosed = isClosed
  }
}

const LF = 0x0a

/**
 * Creates outlines of the lines of a text, such as those of an event stream or of newline-delimited JSON. Each line is
 * read afresh, even if the one before was broken off.
 *
 * @param emit gets the bytes of the outlines, and each line feed by itself
 * @param nextMaxDepth is called at the beginning, and after each line for the `maxDepth` of the next one
 */
export const createLinesOutline = (emit: Emit, nextMaxDepth: () => number): Pick<JsonOutline, 'push'> =>
  new LinesOutline(emit, nextMaxDepth)

class LinesOutline {
  readonly #emit: Emit
  readonly #nextMaxDepth: () => number
  readonly #line: Outline

  constructor(emit: Emit, nextMaxDepth: () => number) {
    this.#emit = emit
    this.#nextMaxDepth = nextMaxDepth
    this.#line = new Outline(emit, nextMaxDepth())
  }

  push(chunk: Uint8Array): void {
    let from = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      this.#line.push(chunk.subarray(from, end))
      this.#emit(chunk.subarray(end, end + 1))
      this.#line.reset(this.#nextMaxDepth())
      from = end + 1
    }
    this.#line.push(chunk.subarray(from))
  }
}
