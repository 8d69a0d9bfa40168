import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesOf, numberOf, readFields, textOf } from './protobuf.ts'

/** Returns a field of a message: a number as a varint, or bytes with their length. */
function field(number: number, value: number | string | Uint8Array): Buffer {
  if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)])
  const bytes = Buffer.from(value as Uint8Array)
  return Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

describe('readFields', () => {
  it('reads numbers, strings and messages, and the last of several values', () => {
    const inner = Buffer.concat([field(1, 300), field(2, 'Grüße')])
    const fields = readFields(
      Buffer.concat([field(1, 0), field(1, 2 ** 31 - 1), field(3, inner), field(3, 'x'.repeat(200)), field(2000, 5)]),
    )
    assert.equal(numberOf(fields, 1), 2 ** 31 - 1)
    assert.equal(numberOf(fields, 2000), 5)
    assert.equal(numberOf(fields, 3), undefined)
    assert.equal(bytesOf(fields, 3).length, 2)
    assert.equal(textOf(fields, 3), 'x'.repeat(200))
    const innerFields = readFields(bytesOf(fields, 3)[0] as Uint8Array)
    assert.deepEqual([numberOf(innerFields, 1), textOf(innerFields, 2)], [300, 'Grüße'])
    assert.equal(textOf(fields, 4), undefined)
  })

  it('skips fields of fixed length', () => {
    const fixed = Buffer.from([...varint(7 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8, ...varint(8 * 8 + 5), 1, 2, 3, 4])
    assert.equal(numberOf(readFields(Buffer.concat([fixed, field(9, 9)])), 9), 9)
  })

  it('reads what comes before a field that is cut off, too long, or of an unknown kind', () => {
    const before = field(1, 7)
    for (const broken of [
      [...varint(2 * 8 + 2), 5, 1],
      [...varint(2 * 8 + 2), 0xff, 0xff, 0xff, 0xff, 0x7f],
      [...varint(2 * 8), 0x80],
      [...varint(2 * 8 + 3)],
      Array(20).fill(0xff),
    ]) {
      const fields = readFields(Buffer.from([...before, ...broken]))
      assert.deepEqual([...fields.keys()], [1])
      assert.equal(numberOf(fields, 1), 7)
    }
  })

  it('reads a negative number as one that is no count', () => {
    const negative = Buffer.from([...varint(8), ...Array(9).fill(0xff), 0x01])
    assert.equal(Number.isSafeInteger(numberOf(readFields(negative), 1)), false)
  })
})
