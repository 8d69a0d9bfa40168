import type { FrozenAttributes } from '../attributes.ts'
import type { PointExemplar } from '../exemplars.ts'
import type { Cell } from './cell.ts'

/** A series in several aggregations, because the readers select different ones. */
export class CombinedCell implements Cell {
  readonly attributes: FrozenAttributes
  readonly startMillis = Date.now()
  /** A cell for each aggregation, by its index. */
  readonly parts: readonly Cell[]

  constructor(attributes: FrozenAttributes, parts: readonly Cell[]) {
    this.attributes = attributes
    this.parts = parts
  }

  record(value: number): void {
    for (const part of this.parts) part.record(value)
  }

  keepExemplar(exemplar: PointExemplar): void {
    for (const part of this.parts) part.keepExemplar?.(exemplar)
  }

  /** Nobody reads all aggregations at once. */
  read(): undefined {}
}

/** Returns the part of a cell that has this aggregation. */
export const partOf = (cell: Cell, aggregation: number): Cell =>
  cell instanceof CombinedCell ? (cell.parts[aggregation] ?? cell) : cell
