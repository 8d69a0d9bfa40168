import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, endOfString, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-text.ts'

/** Picks members of a JSON object out of its bytes as they pass, whatever its size, and keeps nothing else of it. */
export interface JsonMembers {
  /**
   * Takes bytes of the text, cut anywhere.
   *
   * @returns how many bytes of the chunk belong to the object, once it has ended in this chunk; else -1
   */
  readonly push: (chunk: Uint8Array) => number
  /** Those that were found so far. */
  readonly members: Readonly<Record<string, unknown>>
  /** Whether a member of each group of names has come so far. Values may be of any length. */
  hasOfEach(): boolean
}

/** White space, and the bytes of a byte order mark: they may stand before any JSON or event stream. */
export const BLANKS: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

/**
 * A prompt may be megabytes long: to parse all of it for the model's name would hold up the app for milliseconds.
 *
 * What is no JSON, or no object, yields nothing; the text around the members is not checked. Of members with the same
 * name, the first counts. A name that is written with escapes is not recognised.
 *
 * @param maxBytes how long a member may be; 64 KiB by default. A longer one is left out.
 * @param groups groups of names for `hasOfEach`; the values of these members are not kept
 */
export function createJsonMembers(
  names: readonly string[],
  maxBytes = 64 * 1024,
  groups: readonly (readonly string[])[] = [],
): JsonMembers {
  const members: Record<string, unknown> = {}
  const wanted = new Set(names)
  /** The groups of which no member has come. */
  let missing = groups
  const longestName = Math.max(...[...names, ...groups.flat()].map((name) => name.length))
  /** How many objects and arrays are open. */
  let depth = 0
  let isInString = false
  /** A chunk ended in a backslash: the next one begins with what it escapes. */
  let isEscaped = false
  /** Whether the next string of the outermost object, or the one being read, is a member's name. */
  let isName = false
  let name = ''
  let value: BodyCollector | undefined
  let isDone = false

  function push(chunk: Uint8Array): number {
    const { length } = chunk
    let end = -1
    // Where in this chunk the value that is being kept begins, or goes on.
    let from = 0
    let i = 0
    if (isEscaped && length > 0) {
      isEscaped = false
      i = 1
    }
    for (; i < length && !isDone; i++) {
      const byte = chunk[i]
      if (isInString) {
        const start = i
        i = endOfString(chunk, i)
        if (isName && name.length <= longestName) {
          name += latin1(chunk.subarray(start, Math.min(i, start + longestName + 1)))
        }
        isInString = i >= length
        isEscaped = i > length
      } else if (byte === QUOTE) {
        isInString = true
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++
        if (depth === 1) isName = true
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--
        if (depth === 0) {
          endValue(chunk.subarray(from, i))
          isDone = true
          end = i + 1
        }
      } else if (depth === 1) {
        if (byte === COMMA) {
          endValue(chunk.subarray(from, i))
          isName = true
          name = ''
        } else if (byte === COLON) {
          isName = false
          if (wanted.has(name)) value = createBodyCollector(maxBytes)
          if (missing.length > 0) {
            missing = missing.filter((group) => !group.includes(name))
            isDone = isAllFound()
          }
          from = i + 1
        }
      } else if (depth === 0 && !BLANKS.has(byte)) {
        isDone = true
      }
    }
    value?.push(chunk.subarray(from))
    return end
  }

  function endValue(rest: Uint8Array): void {
    if (value === undefined) return
    value.push(rest)
    const text = value.text()
    value = undefined
    wanted.delete(name)
    isDone = isAllFound()
    try {
      if (text !== undefined) members[name] = JSON.parse(text)
    } catch {
      // Not JSON: as good as not there.
    }
  }

  const isAllFound = () => wanted.size === 0 && missing.length === 0

  return { push, members, hasOfEach: () => missing.length === 0 }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
