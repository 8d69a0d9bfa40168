import { ExpositionParser } from '../../reading/exposition-parser.ts'
import type { Families } from '../../reading/family.ts'

/** How long the parser may hold up the tab. A frame of a screen takes 16 ms. */
const SLICE_MS = 8

/** How much is parsed between two looks at the clock, in UTF-16 code units. */
const PIECE_LENGTH = 16 * 1024

/**
 * Parses an exposition as it arrives. Chunks that have arrived already would be parsed in one go, however many they are, so
 * the tab gets a turn whenever a slice of time is over.
 */
export async function parseStream(chunks: ReadableStream<string>): Promise<Families> {
  const parser = new ExpositionParser()
  const reader = chunks.getReader()
  let sliceEnd = performance.now() + SLICE_MS
  for (let result = await reader.read(); !result.done; result = await reader.read()) {
    for (let start = 0; start < result.value.length; start += PIECE_LENGTH) {
      parser.push(result.value.slice(start, start + PIECE_LENGTH))
      if (performance.now() < sliceEnd) continue
      await new Promise((resolve) => setTimeout(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  }
  return parser.end()
}
