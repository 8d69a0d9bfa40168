import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createJsonMembers } from './json-members.ts'

/** Reads a text in pieces of this many bytes. */
function membersOf(text: string, { pieceBytes = Number.POSITIVE_INFINITY, maxMemberBytes = 1000 } = {}) {
  const { push, members } = createJsonMembers(['model', 'usage'], maxMemberBytes)
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += pieceBytes) push(bytes.subarray(i, i + pieceBytes))
  return members
}

describe('createJsonMembers', () => {
  it('picks members of any type, wherever the bytes are cut', () => {
    const object = {
      id: 'tricky "model": "no" } ] , \\',
      '\\"': ['}', { model: 'inner', usage: 1 }, [[[]]]],
      usage: { a: [1, { model: 'no' }], 'ü,}': 'grüße "漢字" 🎈 \\', n: null },
      empty: '',
      model: 'é"\\🎈,}',
      model2: 'no',
    }
    for (const text of [JSON.stringify(object), `\uFEFF\n ${JSON.stringify(object, null, '\t')}\r\n`]) {
      for (let pieceBytes = 1; pieceBytes <= text.length; pieceBytes++) {
        assert.deepEqual(membersOf(text, { pieceBytes }), { usage: object.usage, model: object.model })
      }
    }
  })

  it('picks numbers, booleans and null, as the first and as the last member', () => {
    assert.deepEqual(membersOf('{"model":1.5e3,"x":[],"usage":null}'), { model: 1500, usage: null })
    assert.deepEqual(membersOf('{"model" : true , "usage" : false }'), { model: true, usage: false })
  })

  it('returns where the object ends, and whether it has a member of each group', () => {
    const text = '{"a":{"noted":1},"big":"xxx","model":"m","noted":[1]} {"other":2}'
    const bytes = new TextEncoder().encode(text)
    for (const [groups, hasThem] of [
      [[['noted', 'none']], true],
      [[['none', 'big'], ['noted']], true],
      [[['noted'], ['other']], false],
      [[], true],
    ] as const) {
      for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes++) {
        const { push, hasOfEach } = createJsonMembers(['model', 'usage'], 1000, groups)
        let end: number | undefined
        for (let i = 0; i < bytes.length && end === undefined; i += pieceBytes) {
          const length = push(bytes.subarray(i, i + pieceBytes))
          if (length !== -1) end = i + length
        }
        assert.equal(end, text.indexOf(' '), `in pieces of ${pieceBytes}`)
        assert.equal(hasOfEach(), hasThem)
      }
    }
  })

  it('reads no further once it has found all members', () => {
    const { push, members, hasOfEach } = createJsonMembers(['model'], 1000, [['input', 'prompt']])
    push(new TextEncoder().encode('{"input":"x","model":"m",'))
    assert.deepEqual([members, hasOfEach()], [{ model: 'm' }, true])
    assert.equal(push(new TextEncoder().encode('"x":1}')), -1)
  })

  it('has a member as soon as its value has ended', () => {
    assert.deepEqual(membersOf('{"model":"m","messages":[{"role":"us'), { model: 'm' })
    assert.deepEqual(membersOf('{"model":"m'), {})
  })

  it('picks the first of two members of the same name', () => {
    assert.deepEqual(membersOf('{"model":"1","model":"2","usage":3}'), { model: '1', usage: 3 })
  })

  it('picks nothing out of a text that is not an object', () => {
    for (const text of ['', ' ', 'null', '"model"', '[{"model":"m"}]', '<html>{"model":"m"}', '}{"model":"m"}']) {
      assert.deepEqual(membersOf(text), {}, text)
    }
  })

  it('leaves out a member that is not JSON or longer than the bound, and picks the next one', () => {
    assert.deepEqual(membersOf('{"model":nonsense,"usage":1}'), { usage: 1 })
    const text = `{"model":"${'x'.repeat(100)}","usage":1}`
    for (const pieceBytes of [1, 7, 1000]) {
      assert.deepEqual(membersOf(text, { pieceBytes, maxMemberBytes: 50 }), { usage: 1 })
    }
  })

  it('reads an object of a million levels, of a million escapes, and with a name of a million letters', () => {
    const depth = 1_000_000
    assert.deepEqual(membersOf(`{"x":${'['.repeat(depth)}${']'.repeat(depth)},"model":"m"}`), { model: 'm' })
    assert.deepEqual(membersOf(`{"x":"${'\\"'.repeat(depth)}","model":"m"}`), { model: 'm' })
    assert.deepEqual(membersOf(`{"${'x'.repeat(depth)}":1,"model":"m"}`, { pieceBytes: 1000 }), { model: 'm' })
  })

  it('picks the members that JSON.parse finds in any object, wherever it is cut', () => {
    const name = fc.oneof(fc.constantFrom('model', 'usage'), fc.string({ unit: 'grapheme-ascii', maxLength: 8 }))
    const value = fc.jsonValue({ stringUnit: 'grapheme' })
    const long = fc.string({ unit: fc.constantFrom('"', '\\', 'x', '漢', '\n'), minLength: 20, maxLength: 200 })
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(value, long)),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('', '\t'),
        (object, pieceBytes, space) => {
          const { model, usage } = JSON.parse(JSON.stringify(object))
          const found = membersOf(JSON.stringify(object, null, space), { pieceBytes, maxMemberBytes: 100_000 })
          assert.deepEqual([found.model, found.usage], [model, usage])
        },
      ),
    )
  })
})
