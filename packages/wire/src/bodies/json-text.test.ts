import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bestTimes } from './best-times.test-support.ts'
import { createJsonArrayParser } from './json-array.ts'
import { createJsonMembers } from './json-members.ts'
import { createJsonOutline } from './json-outline.ts'
import { endOfString } from './json-text.ts'

/** Does what `endOfString` does, a byte at a time. */
function slowEndOfString(chunk: Uint8Array, from: number): number {
  let i = from
  while (i < chunk.length && chunk[i] !== 0x22) i += chunk[i] === 0x5c ? 2 : 1
  return i
}

describe('endOfString', () => {
  it('finds the end that looking at every byte finds, in any bytes and from any index', () => {
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

describe('a string of 1 MiB that is full of escaped quotes', () => {
  const string = '"'.repeat(512 * 1024)
  const text = JSON.stringify({ a: string, model: 'm' })
  const body = new TextEncoder().encode(text)

  it('costs endOfString at most four times as long as looking at each byte costs', () => {
    const start = text.indexOf('\\')
    const [fast, slow] = bestTimes(
      () => assert.equal(endOfString(body, start), start + 2 * string.length),
      () => assert.equal(slowEndOfString(body, start), start + 2 * string.length),
    )
    assert.ok(fast < 4 * slow, `${fast} ms, and ${slow} ms for a look at each byte`)
  })

  it('is read by every reader of JSON, with what follows it', () => {
    const { push, members } = createJsonMembers(['a', 'model'], 2 * body.length)
    assert.equal(push(body), body.length)
    assert.deepEqual({ ...members }, { a: string, model: 'm' })

    const elements: string[] = []
    createJsonArrayParser((element) => elements.push(element), 2 * body.length).push(Buffer.from(`[${text},{}]`))
    assert.deepEqual(elements, [text, '{}'])

    let outline = ''
    createJsonOutline((bytes) => {
      outline += Buffer.from(bytes)
    }, 1).push(body)
    assert.deepEqual(JSON.parse(outline), { a: string.slice(0, 512), model: 'm' })
  })
})
