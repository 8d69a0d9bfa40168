import type { FrozenAttributes } from '../attributes.ts'
import { type Cell, CUMULATIVE } from './cell.ts'

interface Mark {
  value: number
  updates: number
}

export class SumCell implements Cell<number> {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #marks: readonly Mark[] | undefined
  #value = 0
  /** Tells an addition of zero from none. */
  #updates = 0

  constructor(attributes: FrozenAttributes, deltaReaders: number) {
    this.attributes = attributes
    this.#marks =
      deltaReaders === 0 ? undefined : Array.from({ length: deltaReaders }, () => ({ value: 0, updates: 0 }))
  }

  add(value: number): void {
    this.#value += value
    this.#updates++
  }

  read(slot: number): number | undefined {
    if (slot === CUMULATIVE) return this.#value
    const mark = this.#marks?.[slot]
    if (mark === undefined || mark.updates === this.#updates) return undefined
    const delta = this.#value - mark.value
    mark.value = this.#value
    mark.updates = this.#updates
    return delta
  }
}
