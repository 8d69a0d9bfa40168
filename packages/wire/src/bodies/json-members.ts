import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import {
  BLANKS,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  partsOf,
  QUOTE,
  StringScanner,
} from './json-text.ts'
import { decodeUtf8 } from './utf8.ts'

/** Picks a few members out of a JSON object from its bytes as they pass, and keeps nothing else of the object. */
export interface JsonMembers {
  /**
   * Reads the next bytes of the text, cut anywhere. The bytes are lent.
   *
   * @returns how many bytes of the chunk belong to the object if it ends in this chunk, else -1. It is -1 from then on
   *   too, and for the rest of the text once all members have been found.
   */
  readonly push: (chunk: Uint8Array) => number
  /** The values of the members that have been found so far, by name. */
  readonly members: Readonly<Record<string, unknown>>
  /** Whether a member of each group of names has been found so far. Its value may be of any length, and unfinished. */
  readonly hasOfEach: () => boolean
}

/**
 * Creates a reader of the members with the given names. A body may be megabytes long, and parsing all of it for the sake
 * of a few members would block the event loop for milliseconds.
 *
 * A text that is not a JSON object has no members; apart from the members, the text is not checked. The first of several
 * members of one name counts. A name that is written with escapes is not recognised.
 *
 * @param maxMemberBytes the length of the longest value that is kept; 64 KiB by default. Longer ones are left out.
 * @param groups groups of names for `hasOfEach`; the values of these members are not kept
 */
export function createJsonMembers(
  names: readonly string[],
  maxMemberBytes = 64 * 1024,
  groups: readonly (readonly string[])[] = NO_GROUPS,
): JsonMembers {
  return new JsonMembersReader(names, maxMemberBytes, groups)
}

const NO_GROUPS: readonly (readonly string[])[] = []

/** Whether a byte structures a JSON text. */
const IS_STRUCTURE = new Uint8Array(256)
for (const byte of [QUOTE, COLON, COMMA, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) IS_STRUCTURE[byte] = 1

const NOT_ASCII = /[\x80-\xff]/

class JsonMembersReader implements JsonMembers {
  readonly members: Record<string, unknown> = {}
  readonly #maxMemberBytes: number
  readonly #maxNameLength: number
  #missingNames: readonly string[]
  #missingGroups: readonly (readonly string[])[]
  /** How many objects and arrays are open. */
  #depth = 0
  readonly #strings = new StringScanner()
  /** Whether the current string of the outermost object, or else the next one, is the name of a member. */
  #isName = false
  #name = ''
  /** Whether the current value is kept. */
  #isKept = false
  /** What earlier parts had of the value that is kept. */
  #value: BodyCollector | undefined
  #isDone = false

  constructor(names: readonly string[], maxMemberBytes: number, groups: readonly (readonly string[])[]) {
    this.#missingNames = names
    this.#missingGroups = groups
    this.#maxMemberBytes = maxMemberBytes
    let maxNameLength = 0
    for (const name of names) maxNameLength = Math.max(maxNameLength, name.length)
    for (const group of groups) for (const name of group) maxNameLength = Math.max(maxNameLength, name.length)
    this.#maxNameLength = maxNameLength
  }

  readonly hasOfEach = (): boolean => this.#missingGroups.length === 0

  readonly push = (chunk: Uint8Array): number => {
    let partStart = 0
    for (const part of partsOf(chunk)) {
      if (this.#isDone) break
      const end = this.#read(part)
      if (end !== -1) return partStart + end
      partStart += part.length
    }
    return -1
  }

  #read(part: Buffer): number {
    const text = part.toString('latin1')
    const { length } = text
    let depth = this.#depth
    // Where the value that is kept begins in this part, or goes on.
    let from = 0
    let i = this.#strings.resume(text) + 1
    if (i > 0 && this.#isName) this.#extendName(text, 0, i - 1)
    for (; i < length; i++) {
      const byte = text.charCodeAt(i)
      if (IS_STRUCTURE[byte] === 0) {
        if (depth !== 0 || BLANKS.has(byte)) continue
        this.#isDone = true
        break
      }
      if (byte === QUOTE) {
        const start = i + 1
        i = this.#strings.endOfString(text, start)
        if (this.#isName) this.#extendName(text, start, i)
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++
        if (depth === 1) this.#isName = true
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--
        if (depth === 0) {
          this.#endValue(part, text, from, i)
          this.#isDone = true
          return i + 1
        }
      } else if (depth === 1) {
        if (byte === COMMA) {
          this.#endValue(part, text, from, i)
          this.#isName = true
          this.#name = ''
        } else {
          this.#beginValue()
          from = i + 1
        }
        if (this.#isDone) break
      } else if (depth === 0) {
        this.#isDone = true
        break
      }
    }
    this.#depth = depth
    if (this.#isKept) {
      this.#value ??= createBodyCollector(this.#maxMemberBytes)
      this.#value.push(part.subarray(from))
    }
    return -1
  }

  #extendName(text: string, from: number, to: number): void {
    if (this.#name.length > this.#maxNameLength) return
    // One byte more than the longest name is enough to see that this one is too long.
    this.#name += text.slice(from, Math.min(to, from + this.#maxNameLength + 1))
  }

  #beginValue(): void {
    this.#isName = false
    this.#isKept = this.#missingNames.includes(this.#name)
    this.#value = undefined
    if (this.#missingGroups.length === 0) return
    this.#missingGroups = this.#missingGroups.filter((group) => !group.includes(this.#name))
    this.#isDone = this.#isComplete()
  }

  #endValue(part: Buffer, latin1: string, from: number, to: number): void {
    if (!this.#isKept) return
    const text = this.#textOfValue(part, latin1, from, to)
    this.#isKept = false
    this.#value = undefined
    this.#missingNames = this.#missingNames.filter((name) => name !== this.#name)
    this.#isDone = this.#isComplete()
    try {
      if (text !== undefined) this.members[this.#name] = JSON.parse(text)
    } catch {
      // A value that is not JSON is left out.
    }
  }

  /** @param latin1 the part, with one character for each byte: those of ASCII are the text */
  #textOfValue(part: Buffer, latin1: string, from: number, to: number): string | undefined {
    if (this.#value !== undefined) {
      this.#value.push(part.subarray(from, to))
      return this.#value.text()
    }
    if (to - from > this.#maxMemberBytes) return undefined
    const text = latin1.slice(from, to)
    return NOT_ASCII.test(text) ? decodeUtf8(part.subarray(from, to)) : text
  }

  #isComplete(): boolean {
    return this.#missingNames.length === 0 && this.#missingGroups.length === 0
  }
}
