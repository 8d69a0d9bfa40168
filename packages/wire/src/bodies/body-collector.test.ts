import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBodyCollector } from './body-collector.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('createBodyCollector', () => {
  it('puts a body together, with characters that chunks cut', () => {
    const body = bytes('\uFEFFgrüße 漢字 🎈')
    for (let piece = 1; piece <= body.length; piece++) {
      const collector = createBodyCollector(100)
      for (let i = 0; i < body.length; i += piece) collector.push(body.subarray(i, i + piece))
      assert.equal(collector.text(), 'grüße 漢字 🎈')
    }
  })

  it('copies, as the bytes are only lent', () => {
    const collector = createBodyCollector(100)
    const chunk = bytes('abc')
    collector.push(chunk)
    chunk.fill(0)
    assert.equal(collector.text(), 'abc')
  })

  it('gives a body of exactly the bound, and nothing of a longer one', () => {
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

  it('takes a body in single bytes in linear time', () => {
    const collector = createBodyCollector(1024 * 1024)
    const byte = bytes('x')
    for (let i = 0; i < 1024 * 1024; i++) collector.push(byte)
    assert.equal(collector.text()?.length, 1024 * 1024)
  })
})
