import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrozenAttributes } from './attributes.ts'
import { Series } from './series.ts'
import { collectGarbage } from './testing/garbage.ts'

test('finds a cell again by the identity of frozen attributes, without reading them', () => {
  let reads = 0
  const watched = new Proxy(Object.freeze({ a: '1' }), {
    get(target, name, receiver) {
      reads++
      return Reflect.get(target, name, receiver)
    },
    ownKeys(target) {
      reads++
      return Reflect.ownKeys(target)
    },
  })
  const series = new Series(10, (attributes) => ({ attributes }))
  const cell = series.of(watched)
  const before = reads
  assert.equal(series.of(watched), cell)
  assert.equal(reads, before)
  assert.equal(series.of({ a: '1' }), cell)
})

test('forgets attributes that only overflowed, or that another object with the same values stands for', async () => {
  const series = new Series(2, (attributes: FrozenAttributes) => ({ attributes }))
  series.of({ i: '0' })
  const dropped = Array.from({ length: 100 }, (_, i) => {
    const attributes = Object.freeze({ i: String(i) })
    series.of(attributes)
    return new WeakRef(attributes)
  })
  // A WeakRef that was just made holds its object until the current job ends.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  assert.deepEqual(
    dropped.filter((ref) => ref.deref() !== undefined),
    [],
  )
  assert.equal([...series.all()].length, 2)
})
