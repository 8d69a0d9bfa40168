import { isAscii } from 'node:buffer'
import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import { createJsonOutline, type JsonOutline, MAX_STRING_BYTES } from './json-outline.ts'
import { BLANKS, CLOSE_BRACE, CLOSE_BRACKET } from './json-text.ts'
import { decodeLatin1, decodeUtf8 } from './utf8.ts'

/** A body of no more bytes needs no outline. No string in it is so long that an outline would cut it. */
const MAX_WHOLE_BYTES = MAX_STRING_BYTES

/** The limit of an outline in bytes. A text with a longer one is not read. */
const MAX_OUTLINE_BYTES = 1024 * 1024

/**
 * Reads a body that is one JSON text, through its outline. A small text that arrives in one chunk, as most messages do, is
 * parsed as it is: that takes a fraction of the time.
 */
export class JsonBody {
  readonly #maxDepth: number
  /** The first chunk while there is no other: as text if it is ASCII, or else a copy of its bytes. */
  #onlyChunk: string | Buffer = ''
  #outline: JsonOutline | undefined
  #outlineBytes: BodyCollector | undefined
  /** Whether `#value` is what the bytes so far give. Parsing them again and again would take quadratic time. */
  #isRead = false
  #value: unknown

  /** @param maxDepth how deep the value is kept, as `createJsonOutline` has it. A small text is kept as deep as it is. */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth
  }

  get #isEmpty(): boolean {
    return this.#onlyChunk === '' && this.#outline === undefined
  }

  /** Reads the next bytes of the body, cut anywhere. The bytes are lent. Those after an outline that was read are ignored. */
  push(chunk: Uint8Array): void {
    if (this.#isRead && this.#outline?.isClosed) return
    this.#isRead = false
    if (this.#isEmpty && chunk.length <= MAX_WHOLE_BYTES) {
      this.#onlyChunk = isAscii(chunk) ? decodeLatin1(chunk) : Buffer.from(chunk)
      return
    }
    if (this.#outline === undefined) {
      this.#outlineBytes = createBodyCollector(MAX_OUTLINE_BYTES)
      this.#outline = createJsonOutline(this.#outlineBytes.push, this.#maxDepth)
      if (this.#onlyChunk !== '') this.#outline.push(toBytes(this.#onlyChunk))
      this.#onlyChunk = ''
    }
    this.#outline.push(chunk)
  }

  /** Returns the object or array once it has ended; undefined before, and if the text is not JSON or has none. */
  value(): unknown {
    if (!this.#isRead) this.#value = this.#read()
    this.#isRead = true
    return this.#value
  }

  #read(): unknown {
    if (this.#outline !== undefined) return this.#outline.isClosed ? parse(this.#outlineBytes?.text()) : undefined
    const text = typeof this.#onlyChunk === 'string' ? this.#onlyChunk : decodeUtf8(this.#onlyChunk)
    return mayBeClosed(text) ? parse(text) : undefined
  }
}

const toBytes = (chunk: string | Buffer) => (typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)

/** Returns whether an object or array may end with this text. Parsing a text that is cut would throw, which takes long. */
function mayBeClosed(text: string): boolean {
  let last = text.length - 1
  while (last > 0 && BLANKS.has(text.charCodeAt(last))) last--
  return text.charCodeAt(last) === CLOSE_BRACE || text.charCodeAt(last) === CLOSE_BRACKET
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
