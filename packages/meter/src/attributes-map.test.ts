import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attributes } from '@opentelemetry/api'
import fc from 'fast-check'
import { freezeAttributes, hashAttributes } from './attributes.ts'
import { AttributesMap } from './attributes-map.ts'

const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -0, Number.NaN, 1, '', '1', 'true', 'null'),
  fc.string({ maxLength: 3 }),
)
const value = fc.oneof({ weight: 4, arbitrary: primitive }, fc.array(primitive, { maxLength: 2 }))
const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'ab', '__proto__', 'constructor'), value, {
  maxKeys: 3,
}) as fc.Arbitrary<Attributes>

/** What makes two sets of attributes one series, written as slowly and plainly as can be. */
const plainly = (set: Attributes) =>
  Object.entries(set)
    .map(([name, one]) => `${JSON.stringify(name)}: ${Array.isArray(one) ? `[${one.map(exactly)}]` : exactly(one)}`)
    .sort()
    .join()
const exactly = (one: unknown) => (typeof one === 'number' ? `n${one}` : JSON.stringify(one ?? null))

for (const [name, hash] of [
  ['hashes', hashAttributes],
  ['one hash for all', () => 7],
] as const) {
  test(`keeps a value for each set of attributes, whatever the order of its keys, with ${name}`, () => {
    fc.assert(
      fc.property(fc.array(attributes, { maxLength: 30 }), (sets) => {
        const map = new AttributesMap<{ attributes: Attributes }>()
        const expected = new Map<string, unknown>()
        for (const set of sets) {
          const turned = Object.fromEntries(Object.entries(set).reverse())
          const found = map.get(hash(turned), turned)
          assert.equal(found, expected.get(plainly(set)))
          if (found !== undefined) continue
          const kept = { attributes: freezeAttributes(set) }
          map.add(hash(set), kept)
          expected.set(plainly(set), kept)
        }
        assert.equal(map.size, expected.size)
        assert.deepEqual(new Set(map.values()), new Set(expected.values()))
      }),
    )
  })
}
