import type { FrozenAttributes } from '../attributes.ts'
import { advanceMark, type Cell, createMarks, type Marks, TOTAL } from './cell.ts'

interface Mark {
  value: number
}

export class SumCell implements Cell {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  readonly #marks: Marks<Mark> | undefined
  #value = 0

  constructor(attributes: FrozenAttributes, deltaReaderCount: number) {
    this.attributes = attributes
    this.#marks = createMarks(deltaReaderCount, () => ({ value: 0 }))
  }

  record(value: number): void {
    this.#value += value
    if (this.#marks !== undefined) this.#marks.updates++
  }

  read(slot: number): number | undefined {
    if (slot === TOTAL) return this.#value
    const mark = advanceMark(this.#marks, slot)
    if (mark === undefined) return undefined
    const delta = this.#value - mark.value
    mark.value = this.#value
    return delta
  }
}
