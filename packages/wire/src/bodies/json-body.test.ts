import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { JsonBody } from './json-body.ts'

const DEPTH = 3

/** Reads a text in pieces of these lengths, and what is left in one more. Returns the value after each piece. */
function valuesOf(text: string, lengths: readonly number[] = []): unknown[] {
  const body = new JsonBody(DEPTH)
  const bytes = Buffer.from(text)
  const values: unknown[] = []
  let from = 0
  for (const length of [...lengths, bytes.length]) {
    const chunk = Buffer.from(bytes.subarray(from, from + length))
    from += length
    if (chunk.length === 0) continue
    body.push(chunk)
    // The bytes are lent.
    chunk.fill(0)
    values.push(body.value())
  }
  return values
}

const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.double(), fc.constant(null))
/** Objects and arrays that are no deeper than the outline keeps them. */
const shallow = fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(fc.oneof(leaf, fc.dictionary(fc.string(), leaf)))))
const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 5 })

describe('JsonBody', () => {
  it('has the same value, whether the text is parsed as it is or through its outline', () => {
    fc.assert(
      fc.property(shallow, fc.boolean(), cuts, (object, isBatch, lengths) => {
        const text = JSON.stringify(isBatch ? [object] : object)
        const expected = JSON.parse(text)
        assert.deepEqual(valuesOf(text).at(-1), expected)
        assert.deepEqual(valuesOf(text, lengths).at(-1), expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('has no value before the object or array has ended', () => {
    const text = '{"jsonrpc":"2.0","id":"}","params":[1]}'
    assert.deepEqual(
      valuesOf(text, Array(text.length - 1).fill(1))
        .slice(0, -1)
        .filter((value) => value !== undefined),
      [],
    )
    assert.deepEqual(valuesOf(text, [38]), [undefined, JSON.parse(text)])
  })

  it('reads a text of any length, empties what is too deep, and cuts strings that are too long', () => {
    const long = 'x'.repeat(5000)
    const text = JSON.stringify({ method: 'tools/call', params: { deep: { deeper: { deepest: [1] } }, long } })
    assert.deepEqual(valuesOf(text), [
      { method: 'tools/call', params: { deep: { deeper: {} }, long: long.slice(0, 1024) } },
    ])
  })

  it('reads a text with a byte order mark and white space around it', () => {
    assert.deepEqual(valuesOf('\uFEFF {"id":"ü"}\r\n\t '), [{ id: 'ü' }])
    assert.deepEqual(valuesOf('\uFEFF {"id":"ü"}\r\n\t ', [1, 1]).at(-1), { id: 'ü' })
  })

  it('is parsed once after the object has ended, whatever follows and however often it is read', (context) => {
    const parse = context.mock.method(JSON, 'parse')
    for (const text of ['{"a":1}x', `{"a":"${'x'.repeat(2000)}"}x`]) {
      const body = new JsonBody(DEPTH)
      for (let i = 0; i < 100; i++) {
        body.push(Buffer.from(i === 0 ? text : '{"b":2}\n'))
        for (let j = 0; j < 10; j++) assert.equal(body.value(), undefined)
      }
    }
    assert.ok(parse.mock.callCount() <= 3, `${parse.mock.callCount()} times`)
  })

  it('has no value where there is no object or array, or where the text is not JSON', () => {
    for (const text of ['1', '"{}"', 'null', '{', '}', '{}}', '{"a":1}x', '{"a":}', '', ' ']) {
      assert.equal(valuesOf(text).at(-1), undefined, text)
    }
  })
})
