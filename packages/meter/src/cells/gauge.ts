import type { FrozenAttributes } from '../attributes.ts'
import { advanceMark, type Cell, createMarks, type Marks, TOTAL } from './cell.ts'

export class GaugeCell implements Cell {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #marks: Marks<object> | undefined
  #value = 0

  constructor(attributes: FrozenAttributes, deltaReaderCount: number) {
    this.attributes = attributes
    this.#marks = createMarks(deltaReaderCount, () => ({}))
  }

  record(value: number): void {
    this.#value = value
    if (this.#marks !== undefined) this.#marks.updates++
  }

  read(slot: number): number | undefined {
    return slot === TOTAL || advanceMark(this.#marks, slot) !== undefined ? this.#value : undefined
  }
}
