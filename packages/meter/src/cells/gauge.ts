import type { FrozenAttributes } from '../attributes.ts'
import { type Cell, CUMULATIVE, createMarks, type Marks, nextMark } from './cell.ts'

export class GaugeCell implements Cell<number> {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #marks: Marks<object> | undefined
  #value = 0

  constructor(attributes: FrozenAttributes, deltaReaders: number) {
    this.attributes = attributes
    this.#marks = createMarks(deltaReaders, () => ({}))
  }

  set(value: number): void {
    this.#value = value
    if (this.#marks !== undefined) this.#marks.updates++
  }

  read(slot: number): number | undefined {
    return slot === CUMULATIVE || nextMark(this.#marks, slot) !== undefined ? this.#value : undefined
  }
}
