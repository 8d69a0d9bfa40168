import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BearerToken, problemOfToken } from './bearer-token.ts'

const TOKEN = 'b2f0c1d4e5a69788'

describe('a bearer token', () => {
  it('matches itself alone', () => {
    const token = new BearerToken(TOKEN)
    assert.equal(token.matches(TOKEN), true)
    for (const other of ['', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase(), TOKEN.replace('b', 'c')]) {
      assert.equal(token.matches(other), false, other)
    }
  })

  it('can be used from 16 visible ASCII characters on', () => {
    assert.equal(problemOfToken(TOKEN), undefined)
    assert.equal(problemOfToken('!"#$%&()*+,-./:~='), undefined)
  })

  for (const [token, problem] of [
    ['', /^has 0 characters, but must have 16 or more$/],
    [TOKEN.slice(1), /^has 15 characters/],
    ['x'.repeat(5000), /^has more than 4096 characters$/],
    [`${TOKEN} ${TOKEN}`, /no header can carry$/],
    [`${TOKEN}\n`, /no header can carry$/],
    [`${TOKEN}é`, /no header can carry$/],
  ] as const) {
    it(`cannot be ${JSON.stringify(token.slice(0, 20))}, and the reason does not contain it`, () => {
      const text = problemOfToken(token) ?? ''
      assert.match(text, problem)
      assert.ok(token === '' || !text.includes(token))
    })
  }
})
