import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { endOfString } from './json-text.ts'

/** The same, a byte at a time. */
function slowEndOfString(chunk: Uint8Array, from: number): number {
  let i = from
  while (i < chunk.length && chunk[i] !== 0x22) i += chunk[i] === 0x5c ? 2 : 1
  return i
}

describe('endOfString', () => {
  it('finds the same end as a look at every byte does, in any bytes, from anywhere', () => {
    const byte = fc.oneof(fc.constantFrom(0x22, 0x5c, 0x5c, 0x78), fc.nat({ max: 255 }))
    const plain = fc.uint8Array({ min: 0x23, max: 0x5b, minLength: 30, maxLength: 40 })
    const part = fc.oneof(fc.array(byte, { maxLength: 40 }), plain)
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.nat({ max: 50 }), (parts, from) => {
        const chunk = Uint8Array.from(parts.flatMap((bytes) => [...bytes]))
        const start = Math.min(from, chunk.length)
        assert.equal(endOfString(chunk, start), slowEndOfString(chunk, start))
      }),
      { numRuns: 1000 },
    )
  })
})
