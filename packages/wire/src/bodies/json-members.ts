import { type BodyCollector, createBodyCollector } from './body-collector.ts'
import {
  BLANKS,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  StringScanner,
} from './json-text.ts'

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
  hasOfEach(): boolean
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
  groups: readonly (readonly string[])[] = [],
): JsonMembers {
  const members: Record<string, unknown> = {}
  const missingNames = new Set(names)
  let missingGroups = groups
  const maxNameLength = Math.max(...[...names, ...groups.flat()].map((name) => name.length))
  /** How many objects and arrays are open. */
  let depth = 0
  const strings = new StringScanner()
  /** Whether the current string of the outermost object, or else the next one, is the name of a member. */
  let isName = false
  let name = ''
  let value: BodyCollector | undefined
  let isDone = false

  function push(chunk: Uint8Array): number {
    const { length } = chunk
    let end = -1
    // Where the value that is kept begins in this chunk, or goes on.
    let from = 0
    let i = strings.resume(chunk) + 1
    if (i > 0) extendName(chunk, 0, i - 1)
    for (; i < length && !isDone; i++) {
      const byte = chunk[i]
      if (byte === QUOTE) {
        const start = i + 1
        i = strings.endOfString(chunk, start)
        extendName(chunk, start, i)
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
          if (missingNames.has(name)) value = createBodyCollector(maxMemberBytes)
          if (missingGroups.length > 0) {
            missingGroups = missingGroups.filter((group) => !group.includes(name))
            isDone = isComplete()
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

  function extendName(chunk: Uint8Array, from: number, to: number): void {
    if (!isName || name.length > maxNameLength) return
    // One byte more than the longest name is enough to see that this one is too long.
    name += latin1(chunk.subarray(from, Math.min(to, from + maxNameLength + 1)))
  }

  function endValue(lastBytes: Uint8Array): void {
    if (value === undefined) return
    value.push(lastBytes)
    const text = value.text()
    value = undefined
    missingNames.delete(name)
    isDone = isComplete()
    try {
      if (text !== undefined) members[name] = JSON.parse(text)
    } catch {
      // A value that is not JSON is left out.
    }
  }

  const isComplete = () => missingNames.size === 0 && missingGroups.length === 0

  return { push, members, hasOfEach: () => missingGroups.length === 0 }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
