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

/** The reference: a text that is equal for two sets of attributes exactly when they are one series. */
const referenceKeyOf = (set: Attributes) =>
  Object.entries(set)
    .map(
      ([name, item]) =>
        `${JSON.stringify(name)}: ${Array.isArray(item) ? `[${item.map(referenceTextOf)}]` : referenceTextOf(item)}`,
    )
    .sort()
    .join()
const referenceTextOf = (item: unknown) => (typeof item === 'number' ? `n${item}` : JSON.stringify(item ?? null))

for (const [name, hash] of [
  ['hashes', hashAttributes],
  ['the same hash for all', () => 7],
] as const) {
  test(`AttributesMap keeps one value for each set of attributes, in any order of the keys, with ${name}`, () => {
    fc.assert(
      fc.property(fc.array(attributes, { maxLength: 30 }), (sets) => {
        const map = new AttributesMap<{ attributes: Attributes }>()
        const expected = new Map<string, unknown>()
        for (const set of sets) {
          const reversed = Object.fromEntries(Object.entries(set).reverse())
          const found = map.get(hash(reversed), reversed)
          assert.equal(found, expected.get(referenceKeyOf(set)))
          if (found !== undefined) continue
          const kept = { attributes: freezeAttributes(set) }
          map.add(hash(set), kept)
          expected.set(referenceKeyOf(set), kept)
        }
        assert.equal(map.size, expected.size)
        assert.deepEqual(new Set(map.values()), new Set(expected.values()))
      }),
    )
  })
}
