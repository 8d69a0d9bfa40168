import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createNdjsonParser } from './ndjson.ts'

function linesOf(body: Uint8Array, { piece = Number.POSITIVE_INFINITY, max = 1000, whole = true } = {}) {
  const lines: string[] = []
  const parser = createNdjsonParser((line) => lines.push(line), max)
  for (let i = 0; i < body.length; i += piece) parser.push(body.subarray(i, i + piece))
  if (whole) parser.end()
  return lines
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createNdjsonParser', () => {
  it('reads lines with either ending, wherever the bytes are cut, and the last one without any', () => {
    const body = bytes('{"a":"grüße 漢字 🎈"}\n\r\n\n {"b":1} \r\n{"c":2}')
    for (let piece = 1; piece <= body.length; piece++) {
      assert.deepEqual(linesOf(body, { piece }), ['{"a":"grüße 漢字 🎈"}', '{"b":1}', '{"c":2}'])
      assert.deepEqual(linesOf(body, { piece, whole: false }), ['{"a":"grüße 漢字 🎈"}', '{"b":1}'])
    }
  })

  it('drops a line that is too long, and reads the next one', () => {
    const body = bytes(`${'x'.repeat(30)}\n1\n${'y'.repeat(20)}\n${'z'.repeat(21)}`)
    for (const piece of [1, 7, 100]) assert.deepEqual(linesOf(body, { piece, max: 20 }), ['1', 'y'.repeat(20)])
  })

  it('gives the same for every cut of any bytes, without an exception', () => {
    const part = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constantFrom('\n', '\r\n', '🎈', '{"a":1}').map(bytes))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (parts, piece) => {
        const body = Buffer.concat(parts)
        assert.deepEqual(linesOf(body, { piece, max: 30 }), linesOf(body, { max: 30 }))
      }),
    )
  })
})
