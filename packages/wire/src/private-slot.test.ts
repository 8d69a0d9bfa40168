import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { privateSlot } from './private-slot.ts'

describe('privateSlot', () => {
  it('returns the value that was set on an object, and none for another object or another slot', () => {
    const numbers = privateSlot<number>()
    const words = privateSlot<string>()
    const object = {}
    numbers.set(object, 1)
    assert.equal(numbers.get(object), 1)
    assert.equal(words.get(object), undefined)
    assert.equal(numbers.get({}), undefined)
    assert.equal(numbers.get(Object.create(object)), undefined)
    words.set(object, 'two')
    assert.deepEqual([numbers.get(object), words.get(object)], [1, 'two'])
  })

  it('holds a value for a frozen object without showing it to inspection', () => {
    const object = Object.freeze(new http.Agent())
    const before = inspect(object, { showHidden: true, depth: 9 })
    const slot = privateSlot<string>()
    slot.set(object, 'value')
    assert.equal(slot.get(object), 'value')
    assert.equal(inspect(object, { showHidden: true, depth: 9 }), before)
    assert.equal(Object.getPrototypeOf(object), http.Agent.prototype)
  })

  it('refuses a second value for one object', () => {
    const slot = privateSlot<number>()
    const object = {}
    slot.set(object, 1)
    assert.throws(() => slot.set(object, 2), TypeError)
    assert.equal(slot.get(object), 1)
  })
})
