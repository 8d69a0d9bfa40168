/** Adds up counts that are spread over a body, as its bytes pass. */
export interface CountSum {
  push(chunk: Uint8Array): void
  /** Returns the sum; undefined if there was no count. */
  total(): number | undefined
}

/** How long a match of the pattern may be, in bytes. */
const LONGEST_MATCH = 128

/**
 * @param pattern a global pattern whose first group is the count. It has to look ahead to the byte after the count, since
 *   a chunk may end inside a number.
 */
export function createCountSum(pattern: RegExp): CountSum {
  let tail = ''
  let sum: number | undefined
  return {
    push(chunk) {
      const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
      let end = 0
      for (const match of text.matchAll(pattern)) {
        sum = (sum ?? 0) + Number(match[1])
        end = match.index + match[0].length
      }
      tail = text.slice(Math.max(end, text.length - LONGEST_MATCH))
    },
    total: () => sum,
  }
}
