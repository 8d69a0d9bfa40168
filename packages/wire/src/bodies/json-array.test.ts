import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bestTimes } from './best-times.test-support.ts'
import { createJsonArrayParser } from './json-array.ts'
import { createJsonMembers } from './json-members.ts'

/** Reads a body in pieces of this many bytes. */
function elementsOf(body: Uint8Array, { pieceBytes = Number.POSITIVE_INFINITY, maxElementBytes = 1000 } = {}) {
  const elements: string[] = []
  const parser = createJsonArrayParser((text) => elements.push(text), maxElementBytes)
  for (let i = 0; i < body.length; i += pieceBytes) parser.push(body.subarray(i, i + pieceBytes))
  return elements
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createJsonArrayParser', () => {
  it('hands on each object once it is complete, wherever the bytes are cut', () => {
    const elements = ['{"a":"grüße 漢字 🎈 \\"]},{"}', '{}', '{"b":[{"c":"\\\\"}]}']
    const body = bytes(`\uFEFF [ ${elements.join('\r\n,')} , 5, "x", [{}] ] {"after":1}`)
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      assert.deepEqual(elementsOf(body, { pieceBytes }), elements)
    }
    assert.deepEqual(elementsOf(bytes('[{"a":1},{"b"')), ['{"a":1}'])
  })

  it('skips an element that is longer than the bound, and reads the next one', () => {
    const body = bytes(`[{"long":"${'x'.repeat(30)}"},{"a":1}]`)
    for (const pieceBytes of [1, 7, 100]) {
      assert.deepEqual(elementsOf(body, { pieceBytes, maxElementBytes: 20 }), ['{"a":1}'])
    }
  })

  it('finds no elements in a text that is not an array', () => {
    for (const text of ['', '{"a":[{"b":1}]}', '"[{}]"', '<html>']) assert.deepEqual(elementsOf(bytes(text)), [])
  })

  it('finds the elements that JSON.parse finds in any array of objects, wherever it is cut', () => {
    const long = fc.string({ unit: fc.constantFrom('"', '\\', 'x', '漢', ']}'), minLength: 20, maxLength: 200 })
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.oneof(fc.string(), long), fc.oneof(fc.jsonValue(), long))),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('', ' ', '\n'),
        (objects, pieceBytes, space) => {
          const body = bytes(JSON.stringify(objects, null, space))
          const elements = elementsOf(body, { pieceBytes, maxElementBytes: 1e6 }).map((text) => JSON.parse(text))
          assert.deepEqual(elements, JSON.parse(JSON.stringify(objects)))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('finds the end of a string that is cut after any number of backslashes', () => {
    for (let backslashes = 0; backslashes < 100; backslashes++) {
      const object = JSON.stringify({ a: `${'x'.repeat(40)}${'\\'.repeat(backslashes)}"]` })
      const body = bytes(`[${object},{}]`)
      for (let cut = 1; cut < body.length; cut++) {
        const elements: string[] = []
        const parser = createJsonArrayParser((text) => elements.push(text))
        for (const chunk of [body.subarray(0, cut), new Uint8Array(0), body.subarray(cut)]) parser.push(chunk)
        assert.deepEqual(elements, [object, '{}'], `${backslashes} backslashes, cut at ${cut}`)
      }
    }
  })

  it('reads megabytes of objects in at most five times the time that createJsonMembers takes for the same bytes', () => {
    const content = { role: 'model', parts: [{ text: 'All the world is a stage. '.repeat(160) }] }
    const body = bytes(JSON.stringify(Array(2000).fill({ candidates: [{ content, index: 0 }] })))
    const [array, members] = bestTimes(
      () => createJsonArrayParser(() => {}).push(body),
      () => void createJsonMembers(['model']).push(body),
    )
    assert.ok(array < 5 * members, `${array} ms, and ${members} ms for createJsonMembers`)
  })
})
