import type { FrozenAttributes } from '../attributes.ts'
import { type Cell, CUMULATIVE } from './cell.ts'

export class GaugeCell implements Cell<number> {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  /** For each reader of deltas, how many updates it has seen. */
  readonly #seen: number[] | undefined
  #value = 0
  #updates = 0

  constructor(attributes: FrozenAttributes, deltaReaders: number) {
    this.attributes = attributes
    this.#seen = deltaReaders === 0 ? undefined : new Array<number>(deltaReaders).fill(0)
  }

  set(value: number): void {
    this.#value = value
    this.#updates++
  }

  read(slot: number): number | undefined {
    if (slot === CUMULATIVE || this.#seen === undefined) return this.#value
    if (this.#seen[slot] === this.#updates) return undefined
    this.#seen[slot] = this.#updates
    return this.#value
  }
}
