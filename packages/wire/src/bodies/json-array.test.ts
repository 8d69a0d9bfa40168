import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createJsonArrayParser } from './json-array.ts'

function elementsOf(body: Uint8Array, { piece = Number.POSITIVE_INFINITY, max = 1000 } = {}) {
  const elements: string[] = []
  const parser = createJsonArrayParser((text) => elements.push(text), max)
  for (let i = 0; i < body.length; i += piece) {
    // Lent: who keeps a chunk finds it overwritten.
    const chunk = Uint8Array.from(body.subarray(i, i + piece))
    parser.push(chunk)
    chunk.fill(0xff)
  }
  return elements
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createJsonArrayParser', () => {
  it('reads objects as they come, wherever the bytes are cut', () => {
    const elements = ['{"a":"grüße 漢字 🎈 \\"]},{"}', '{}', '{"b":[{"c":"\\\\"}]}']
    const body = bytes(`\uFEFF [ ${elements.join('\r\n,')} , 5, "x", [{}] ] {"after":1}`)
    for (let piece = 1; piece <= body.length; piece++) assert.deepEqual(elementsOf(body, { piece }), elements)
    assert.deepEqual(elementsOf(bytes('[{"a":1},{"b"')), ['{"a":1}'])
  })

  it('drops an element that is too long, and reads the next one', () => {
    const body = bytes(`[{"long":"${'x'.repeat(30)}"},{"a":1}]`)
    for (const piece of [1, 7, 100]) assert.deepEqual(elementsOf(body, { piece, max: 20 }), ['{"a":1}'])
  })

  it('yields nothing of what is no array', () => {
    for (const text of ['', '{"a":[{"b":1}]}', '"[{}]"', '<html>']) assert.deepEqual(elementsOf(bytes(text)), [])
  })

  it('gives every element of any array, for every cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.integer({ min: 1, max: 20 }),
        fc.option(fc.constantFrom(' ', '\n'), { nil: undefined }),
        (objects, piece, space) => {
          const body = bytes(JSON.stringify(objects, null, space))
          const found = elementsOf(body, { piece, max: 1e6 }).map((text) => JSON.parse(text))
          assert.deepEqual(found, JSON.parse(JSON.stringify(objects)))
        },
      ),
    )
  })

  it('gives every element whose long strings are full of quotes and backslashes, for any cuts', () => {
    const long = fc.string({ unit: fc.constantFrom('"', '\\', 'x', '漢', ']}'), minLength: 20, maxLength: 200 })
    fc.assert(
      fc.property(fc.array(fc.dictionary(long, long)), fc.array(fc.nat({ max: 60 })), (objects, pieces) => {
        const body = bytes(JSON.stringify(objects))
        const elements: unknown[] = []
        const parser = createJsonArrayParser((text) => elements.push(JSON.parse(text)))
        let rest = body
        for (const piece of pieces) {
          parser.push(rest.subarray(0, piece))
          rest = rest.subarray(piece)
        }
        parser.push(rest)
        assert.deepEqual(elements, JSON.parse(JSON.stringify(objects)))
      }),
    )
  })

  it('knows a string that ends where a chunk does, after any number of backslashes', () => {
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

  it('gives the same for every cut of any bytes, without an exception', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 9 }),
      fc.constantFrom('[', ']', '{', '}', '"', '\\', ',').map(bytes),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (parts, piece) => {
        const body = Buffer.concat(parts)
        assert.deepEqual(elementsOf(body, { piece, max: 30 }), elementsOf(body, { max: 30 }))
      }),
    )
  })
})
