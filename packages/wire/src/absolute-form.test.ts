import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAbsoluteForm } from './absolute-form.ts'

describe('parseAbsoluteForm', () => {
  it('splits a target in absolute form into host and path', () => {
    assert.deepEqual(parseAbsoluteForm('http://a.b:80/c?d=http://e/f'), { host: 'a.b:80', path: '/c?d=http://e/f' })
    assert.deepEqual(parseAbsoluteForm('HTTPS://user:pass@[::1]:8/'), { host: '[::1]:8', path: '/' })
    assert.deepEqual(parseAbsoluteForm('http://a?b'), { host: 'a', path: '/?b' })
    assert.deepEqual(parseAbsoluteForm('http://a'), { host: 'a', path: '/' })
  })

  it('returns nothing for a target without an origin', () => {
    for (const target of ['/', '/http://a/b', '//a/b', '*', 'a:443', 'http://', 'http:///x', '']) {
      assert.equal(parseAbsoluteForm(target), undefined, target)
    }
  })
})
