import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createServerNames } from './server-names.ts'

describe('createServerNames', () => {
  it('knows the name of an endpoint’s server', () => {
    const { of, learn } = createServerNames()
    assert.equal(of('a'), undefined)
    learn('a', 'weather')
    learn('a', 'weather')
    learn('b', 'x'.repeat(257))
    assert.deepEqual([of('a'), of('b'), of('c')], ['weather', '_OTHER', undefined])
  })

  it('never again has a name for an endpoint that had servers of different names', () => {
    const { of, learn } = createServerNames()
    learn('a', 'alpha')
    learn('a', 'beta')
    assert.equal(of('a'), undefined)
    learn('a', 'beta')
    learn('a', 'alpha')
    assert.equal(of('a'), undefined)
  })

  it('forgets the name that was learnt first when there are too many', () => {
    const { of, learn } = createServerNames(2)
    for (const endpoint of ['a', 'b', 'c']) learn(endpoint, 'weather')
    assert.deepEqual(['a', 'b', 'c'].map(of), [undefined, 'weather', 'weather'])
  })

  it('learns no more names when too many endpoints have servers of different names', () => {
    const { of, learn } = createServerNames(2)
    learn('z', 'weather')
    for (const endpoint of ['a', 'b']) for (const name of ['alpha', 'beta']) learn(endpoint, name)
    learn('c', 'weather')
    assert.deepEqual(['a', 'b', 'c', 'z'].map(of), [undefined, undefined, undefined, undefined])
  })
})
