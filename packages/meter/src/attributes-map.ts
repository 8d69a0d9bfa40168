import type { Attributes } from '@opentelemetry/api'
import { type FrozenAttributes, hasAttributes } from './attributes.ts'

/** A map by attributes. It is keyed by their hash: a text of the attributes would be larger than the value. */
export class AttributesMap<V extends { readonly attributes: FrozenAttributes }> {
  /** The few values whose hashes are equal share an array. */
  readonly #byHash = new Map<number, V | V[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param hash the hash of the attributes, which the caller has already or needs again */
  get(hash: number, attributes: Attributes): V | undefined {
    const found = this.#byHash.get(hash)
    if (found === undefined) return undefined
    if (Array.isArray(found)) return found.find((value) => hasAttributes(value.attributes, attributes))
    return hasAttributes(found.attributes, attributes) ? found : undefined
  }

  /** Adds a value whose attributes are not in the map yet. */
  add(hash: number, value: V): void {
    const found = this.#byHash.get(hash)
    if (found === undefined) this.#byHash.set(hash, value)
    else if (Array.isArray(found)) found.push(value)
    else this.#byHash.set(hash, [found, value])
    this.#size++
  }

  /** Returns all values, in an array because a generator would take longer than what a collection does with each. */
  values(): V[] {
    return [...this.#byHash.values()].flat() as V[]
  }
}
