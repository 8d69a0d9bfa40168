import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createJsonMembers } from './json-members.ts'

function membersOf(text: string, { names = ['model', 'usage'], piece = Number.POSITIVE_INFINITY, max = 1000 } = {}) {
  const { push, members } = createJsonMembers(names, max)
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += piece) push(bytes.subarray(i, i + piece))
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
      for (let piece = 1; piece <= text.length; piece++) {
        assert.deepEqual(membersOf(text, { piece }), { usage: object.usage, model: object.model }, `in ${piece}`)
      }
    }
  })

  it('picks numbers, booleans and null, first and last', () => {
    assert.deepEqual(membersOf('{"model":1.5e3,"x":[],"usage":null}'), { model: 1500, usage: null })
    assert.deepEqual(membersOf('{"model" : true , "usage" : false }'), { model: true, usage: false })
  })

  it('says where the object ends, and whether it has a member of each group', () => {
    const text = '{"a":{"noted":1},"big":"xxx","model":"m","noted":[1]} {"other":2}'
    const bytes = new TextEncoder().encode(text)
    for (const [groups, hasThem] of [
      [[['noted', 'none']], true],
      [[['none', 'big'], ['noted']], true],
      [[['noted'], ['other']], false],
      [[], true],
    ] as const) {
      for (let piece = 1; piece <= bytes.length; piece++) {
        const { push, hasOfEach } = createJsonMembers(['model', 'usage'], 1000, groups)
        let end: number | undefined
        for (let i = 0; i < bytes.length && end === undefined; i += piece) {
          const length = push(bytes.subarray(i, i + piece))
          if (length !== -1) end = i + length
        }
        assert.equal(end, text.indexOf(' '), `in ${piece}`)
        assert.equal(hasOfEach(), hasThem)
      }
    }
  })

  it('looks no further when it has found all', () => {
    const { push, members, hasOfEach } = createJsonMembers(['model'], 1000, [['input', 'prompt']])
    push(new TextEncoder().encode('{"input":"x","model":"m",'))
    assert.deepEqual([members, hasOfEach()], [{ model: 'm' }, true])
    assert.equal(push(new TextEncoder().encode('"x":1}')), -1)
  })

  it('knows what it has found before the text ends', () => {
    assert.deepEqual(membersOf('{"model":"m","messages":[{"role":"us'), { model: 'm' })
    assert.deepEqual(membersOf('{"model":"m'), {})
  })

  it('takes the first of two of the same name', () => {
    assert.deepEqual(membersOf('{"model":"1","model":"2","usage":3}'), { model: '1', usage: 3 })
  })

  it('finds nothing in what is no object', () => {
    for (const text of ['', ' ', 'null', '"model"', '[{"model":"m"}]', '<html>{"model":"m"}', '}{"model":"m"}']) {
      assert.deepEqual(membersOf(text), {}, text)
    }
  })

  it('leaves out a member that is no JSON, or too long, and finds the next', () => {
    assert.deepEqual(membersOf('{"model":nonsense,"usage":1}'), { usage: 1 })
    const text = `{"model":"${'x'.repeat(100)}","usage":1}`
    for (const piece of [1, 7, 1000]) {
      assert.deepEqual(membersOf(text, { piece, max: 50 }), { usage: 1 })
    }
  })

  it('is not confused by anything that is not JSON', () => {
    const pieces = ['{', '}', '[', ']', ':', ',', '"', '\\', '"model"', '"usage":1', ' ', 'x']
    let seed = 1
    for (let round = 0; round < 3000; round++) {
      let text = '{'
      for (let i = 0; i < 12; i++) {
        seed = (seed * 1103515245 + 12345) % 2 ** 31
        text += pieces[Math.floor((seed / 2 ** 31) * pieces.length)]
      }
      assert.deepEqual(membersOf(text, { piece: 1 }), membersOf(text), text)
    }
  })

  it('reads a text of any depth and length', () => {
    const depth = 1_000_000
    assert.deepEqual(membersOf(`{"x":${'['.repeat(depth)}${']'.repeat(depth)},"model":"m"}`), { model: 'm' })
    assert.deepEqual(membersOf(`{"x":"${'\\"'.repeat(depth)}","model":"m"}`), { model: 'm' })
    assert.deepEqual(membersOf(`{"${'x'.repeat(depth)}":1,"model":"m"}`, { piece: 1000 }), { model: 'm' })
  })

  it('picks what JSON.parse picks of any object, for every cut', () => {
    const name = fc.oneof(fc.constantFrom('model', 'usage'), fc.string({ unit: 'grapheme-ascii', maxLength: 8 }))
    const value = fc.jsonValue({ stringUnit: 'grapheme' })
    const long = fc.string({ unit: fc.constantFrom('"', '\\', 'x', '漢', '\n'), minLength: 20, maxLength: 200 })
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(value, long)),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('', '\t'),
        (object, piece, space) => {
          const { model, usage } = JSON.parse(JSON.stringify(object))
          const found = membersOf(JSON.stringify(object, null, space), { piece, max: 100_000 })
          assert.deepEqual([found.model, found.usage], [model, usage])
        },
      ),
    )
  })
})
