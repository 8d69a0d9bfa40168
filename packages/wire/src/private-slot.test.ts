import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { stamp } from './private-slot.ts'

describe('stamp', () => {
  it('finds what was put on an object, and on no other', () => {
    const [one, other] = [stamp<number>(), stamp<string>()]
    const object = {}
    one.put(object, 1)
    assert.equal(one.of(object), 1)
    assert.equal(other.of(object), undefined)
    assert.equal(one.of({}), undefined)
    assert.equal(one.of(Object.create(object)), undefined)
    other.put(object, 'two')
    assert.deepEqual([one.of(object), other.of(object)], [1, 'two'])
  })

  it('shows nothing of it, and serves frozen objects as well', () => {
    const object = Object.freeze(new http.Agent())
    const before = inspect(object, { showHidden: true, depth: 9 })
    const one = stamp<string>()
    one.put(object, 'mark')
    assert.equal(one.of(object), 'mark')
    assert.equal(inspect(object, { showHidden: true, depth: 9 }), before)
    assert.equal(Object.getPrototypeOf(object), http.Agent.prototype)
  })
})
