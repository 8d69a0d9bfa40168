import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrozenAttributes } from './attributes.ts'
import { Series } from './series.ts'
import { collectGarbage } from './testing/garbage.ts'

test('Series finds the cell of a frozen object again by its identity, without reading it', () => {
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

test('Series does not retain attributes objects that overflowed or that are equal to a known one', async () => {
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
