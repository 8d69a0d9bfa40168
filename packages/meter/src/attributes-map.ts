import type { Attributes } from '@opentelemetry/api'
import { type FrozenAttributes, hasAttributes } from './attributes.ts'

/**
 * What is kept by attributes. Its key is their hash: a text of them, as a key, would be larger than what is kept.
 */
export class AttributesMap<V extends { readonly attributes: FrozenAttributes }> {
  /** Those few whose hashes are equal share a list. */
  readonly #byHash = new Map<number, V | V[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param hash that of the attributes, which the caller has already, or needs again. */
  get(hash: number, attributes: Attributes): V | undefined {
    const found = this.#byHash.get(hash)
    if (found === undefined) return undefined
    if (Array.isArray(found)) return found.find((one) => hasAttributes(one.attributes, attributes))
    return hasAttributes(found.attributes, attributes) ? found : undefined
  }

  /** Its attributes must not be there yet. */
  add(hash: number, value: V): void {
    const found = this.#byHash.get(hash)
    if (found === undefined) this.#byHash.set(hash, value)
    else if (Array.isArray(found)) found.push(value)
    else this.#byHash.set(hash, [found, value])
    this.#size++
  }

  *values(): Iterable<V> {
    for (const found of this.#byHash.values()) {
      if (Array.isArray(found)) yield* found
      else yield found
    }
  }
}
