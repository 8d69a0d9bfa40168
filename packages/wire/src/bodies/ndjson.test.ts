import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNdjsonParser } from './ndjson.ts'

/** Reads a body in pieces of this many bytes, and ends it unless it was cut short. */
function linesOf(
  body: Uint8Array,
  { pieceBytes = Number.POSITIVE_INFINITY, maxLineLength = 1000, isWhole = true } = {},
) {
  const lines: string[] = []
  const parser = createNdjsonParser((line) => lines.push(line), maxLineLength)
  for (let i = 0; i < body.length; i += pieceBytes) parser.push(body.subarray(i, i + pieceBytes))
  if (isWhole) parser.end()
  return lines
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createNdjsonParser', () => {
  const body = bytes('{"a":"grüße 漢字 🎈"}\n\r\n\n {"b":1} \r\n{"c":2}')

  it('reads lines that end in LF or CRLF, and one that the end of the body ends', () => {
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      assert.deepEqual(linesOf(body, { pieceBytes }), ['{"a":"grüße 漢字 🎈"}', '{"b":1}', '{"c":2}'])
    }
  })

  it('leaves out the last line of a body that is cut short', () => {
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      assert.deepEqual(linesOf(body, { pieceBytes, isWhole: false }), ['{"a":"grüße 漢字 🎈"}', '{"b":1}'])
    }
  })

  it('skips a line that is longer than the bound, and reads the next one', () => {
    const body = bytes(`${'x'.repeat(30)}\n1\n${'y'.repeat(20)}\n${'z'.repeat(21)}`)
    for (const pieceBytes of [1, 7, 100]) {
      assert.deepEqual(linesOf(body, { pieceBytes, maxLineLength: 20 }), ['1', 'y'.repeat(20)])
    }
  })
})
