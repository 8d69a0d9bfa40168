import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBodyCollector } from './body-collector.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('createBodyCollector', () => {
  it('puts a body together whose characters are cut by chunks', () => {
    const body = bytes('\uFEFFgrüße 漢字 🎈')
    for (let pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
      const collector = createBodyCollector(100)
      for (let i = 0; i < body.length; i += pieceBytes) collector.push(body.subarray(i, i + pieceBytes))
      assert.equal(collector.text(), 'grüße 漢字 🎈')
    }
  })

  it('copies chunks, which are only lent', () => {
    const collector = createBodyCollector(100)
    const chunk = bytes('abc')
    collector.push(chunk)
    chunk.fill(0)
    assert.equal(collector.text(), 'abc')
  })

  it('keeps a body that is as long as the bound, and nothing of a longer one', () => {
    const collector = createBodyCollector(4)
    assert.equal(collector.text(), '')
    collector.push(bytes('abc'))
    collector.push(bytes('d'))
    assert.equal(collector.text(), 'abcd')
    collector.push(bytes(''))
    assert.equal(collector.text(), 'abcd')
    collector.push(bytes('e'))
    assert.equal(collector.text(), undefined)
    collector.push(bytes(''))
    assert.equal(collector.text(), undefined)
  })

  it('keeps a body of a million single bytes', () => {
    const collector = createBodyCollector(1024 * 1024)
    const byte = bytes('x')
    for (let i = 0; i < 1024 * 1024; i++) collector.push(byte)
    assert.equal(collector.text()?.length, 1024 * 1024)
  })
})
