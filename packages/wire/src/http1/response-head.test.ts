import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createResponseHeadParser } from './response-head.ts'

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nX-Y: 1\r\nX-Y: 2\r\n\r\n'

describe('createResponseHeadParser', () => {
  it('returns the head and the bytes after it, wherever the head is cut into two chunks', () => {
    for (let at = 0; at < HEAD.length; at++) {
      const parser = createResponseHeadParser()
      assert.equal(parser.push(Buffer.from(HEAD.slice(0, at))), undefined)
      const head = parser.push(Buffer.from(`${HEAD.slice(at)}body`))
      assert.equal(head?.status, 101)
      assert.equal(head.header('x-y'), '1, 2')
      assert.equal(Buffer.from(head.bodyStart).toString(), 'body')
    }
  })

  it('skips heads of status 1xx other than 101', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n'
    assert.equal(createResponseHeadParser().push(Buffer.from(text))?.status, 404)
  })

  it('returns nothing for bytes that are not HTTP, even when a head follows them', () => {
    const parser = createResponseHeadParser()
    assert.equal(parser.push(Buffer.from('SSH-2.0\r\n\r\n')), undefined)
    assert.equal(parser.push(Buffer.from(HEAD)), undefined)
  })

  it('gives up on a head that is longer than 64 KiB', () => {
    const parser = createResponseHeadParser()
    assert.equal(parser.push(Buffer.from(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`)), undefined)
    assert.equal(parser.push(Buffer.from('\r\n\r\n')), undefined)
  })
})
