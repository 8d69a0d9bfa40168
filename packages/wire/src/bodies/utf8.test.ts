import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeUtf8, Utf8Stream } from './utf8.ts'

/** Bytes that are often nearly UTF-8: text, cut characters, and bytes that no character has. */
const bytes = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(
        [0xef, 0xbb, 0xbf],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x8e],
        [0xe0, 0x80],
        [0xc0],
        [0xf5, 0x80],
        [0xed, 0xa0],
      ),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

describe('Utf8Stream', () => {
  it('returns what a TextDecoder returns for the whole text, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(5)), (whole, lengths) => {
        const stream = new Utf8Stream()
        let text = ''
        let from = 0
        for (const length of [...lengths, whole.length]) {
          const chunk = whole.slice(from, from + length)
          from += length
          text += stream.push(chunk)
          // The bytes are lent.
          chunk.fill(0x41)
        }
        assert.equal(text + stream.end(), new TextDecoder().decode(whole))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('decodeUtf8', () => {
  it('returns what a TextDecoder returns', () => {
    fc.assert(fc.property(bytes, (whole) => assert.equal(decodeUtf8(whole), new TextDecoder().decode(whole))))
  })
})
