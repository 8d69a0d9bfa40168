/** Adds up counts that are spread over a body, as it passes. */
export interface CountSum {
  push(chunk: Uint8Array): void
  /** undefined where none was found. */
  total(): number | undefined
}

/** As long as what a pattern finds may be. */
const LONGEST_MATCH = 128

/** @param pattern global, its first group is the count; it has to see that the count has ended */
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
