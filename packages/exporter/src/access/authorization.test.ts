import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAuthorization } from './authorization.ts'

const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`

describe('parseAuthorization', () => {
  it('reads a name and a password, which may have colons, be empty and be beyond ASCII', () => {
    const credentials = (user: string, password: string) => ({ scheme: 'basic', user, password })
    assert.deepEqual(parseAuthorization(basic('alice:a:b c')), credentials('alice', 'a:b c'))
    assert.deepEqual(parseAuthorization(basic('alice:')), credentials('alice', ''))
    assert.deepEqual(parseAuthorization(basic('Zoë:пароль')), credentials('Zoë', 'пароль'))
  })

  it('reads a bearer token, and the schemes in any case', () => {
    assert.deepEqual(parseAuthorization('Bearer abc.d-e_f=='), { scheme: 'bearer', token: 'abc.d-e_f==' })
    assert.deepEqual(parseAuthorization('bEARER  abc'), { scheme: 'bearer', token: 'abc' })
    assert.equal(parseAuthorization(basic('a:b').replace('Basic', 'bASIC'))?.scheme, 'basic')
  })

  for (const [what, header] of Object.entries({
    'no header': undefined,
    'an empty header': '',
    'a scheme alone': 'Basic',
    'a scheme that is not known': 'Digest abc',
    'two values': 'Bearer abc def',
    'base64 of another length': 'Basic YWI6Y',
    'characters that are not base64': 'Basic YWI6Y2Q-',
    'padding in the middle': 'Basic YQ==YWI6Y2Q=',
    'a text without a colon': basic('alice'),
    'bytes that are not UTF-8': basic(Buffer.from([0x61, 0x3a, 0xff])),
    'a zero byte, after which bcrypt repeats the password': basic('alice:a\0a'),
    'a line end': basic('alice:a\nb'),
  })) {
    it(`takes ${what} for no credentials`, () => assert.equal(parseAuthorization(header), undefined))
  }
})
