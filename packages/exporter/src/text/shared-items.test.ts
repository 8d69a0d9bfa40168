import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SharedItems } from './shared-items.ts'

function setUp(count: number) {
  const made: number[] = []
  const released: number[] = []
  function* make() {
    for (let i = 0; i < count; i++) {
      made.push(i)
      yield i
    }
  }
  return { made, released, items: new SharedItems(make(), (item) => released.push(item)) }
}

describe('SharedItems', () => {
  it('makes an item when the first reader comes to it, and releases it when the last one goes on from it', () => {
    const { items, made, released } = setUp(4)
    const [fast, slow] = [items.read(), items.read()]
    items.close()
    assert.deepEqual([fast.next().value, fast.next().value, fast.next().value], [0, 1, 2])
    assert.deepEqual([made, released], [[0, 1, 2], []])
    assert.equal(slow.next().value, 0)
    assert.deepEqual(released, [])
    assert.equal(slow.next().value, 1)
    assert.deepEqual(released, [0])
    assert.deepEqual([...fast], [3])
    assert.deepEqual([...slow], [2, 3])
    assert.deepEqual(released, [0, 1, 2, 3])
  })

  it('keeps all items as long as another reader may begin', () => {
    const { items, released } = setUp(3)
    assert.deepEqual([...items.read()], [0, 1, 2])
    assert.deepEqual([...items.read()], [0, 1, 2])
    assert.deepEqual(released, [])
    items.close()
    assert.deepEqual(released, [0, 1, 2])
  })

  it('waits for no reader that has stopped, and stops making items when none is left', () => {
    const { items, made, released } = setUp(9)
    const [first, second] = [items.read(), items.read()]
    items.close()
    first.next()
    for (const item of second) if (item === 1) break
    assert.deepEqual(released, [])
    first.return?.()
    assert.deepEqual(
      [made, released],
      [
        [0, 1],
        [0, 1],
      ],
    )
    assert.deepEqual([...first], [])
  })
})
