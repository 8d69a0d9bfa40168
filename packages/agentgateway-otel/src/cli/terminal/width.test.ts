import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cut, widthOf, wrap } from './width.ts'

describe('the width of a text in a terminal', () => {
  for (const [text, width, expected] of [
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    // Each of these characters takes two columns.
    ['漢字漢字', 8, '漢字漢字'],
    ['漢字漢字', 7, '漢字漢…'],
    ['漢字漢字', 6, '漢字…'],
    // One character of several code points is not cut.
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['x', 0, ''],
  ] as const) {
    it(`cuts ${text} to ${width} columns`, () => {
      assert.equal(cut(text, width), expected)
      assert.ok(widthOf(cut(text, width)) <= width)
    })
  }

  it('breaks a text at its spaces, and a word that is too long', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
    assert.deepEqual(wrap('a https://example.com b', 8), ['a', 'https://', 'example.', 'com b'])
    assert.deepEqual(wrap('漢字漢字', 5), ['漢字', '漢字'])
    assert.deepEqual(wrap('', 5), [''])
  })
})
