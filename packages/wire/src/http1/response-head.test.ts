import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createResponseHeadParser } from './response-head.ts'

const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nX-Y: 1\r\nX-Y: 2\r\n\r\n'

describe('createResponseHeadParser', () => {
  it('finds the head wherever it is cut, and what follows it', () => {
    for (let at = 0; at < HEAD.length; at++) {
      const head = createResponseHeadParser()
      assert.equal(head.push(Buffer.from(HEAD.slice(0, at))), undefined)
      const found = head.push(Buffer.from(`${HEAD.slice(at)}rest`))
      assert.equal(found?.status, 101)
      assert.equal(found.header('x-y'), '1, 2')
      assert.equal(Buffer.from(found.rest).toString(), 'rest')
    }
  })

  it('passes over heads of 1xx, but for 101', () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n'
    assert.equal(createResponseHeadParser().push(Buffer.from(text))?.status, 404)
  })

  it('gives nothing for what is no HTTP, nor for a head without end, and keeps no more of it than a head may have', () => {
    const other = createResponseHeadParser()
    assert.equal(other.push(Buffer.from('SSH-2.0\r\n\r\n')), undefined)
    assert.equal(other.push(Buffer.from(HEAD)), undefined)
    const endless = createResponseHeadParser()
    assert.equal(endless.push(Buffer.from(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`)), undefined)
    assert.equal(endless.push(Buffer.from('\r\n\r\n')), undefined)
  })
})
