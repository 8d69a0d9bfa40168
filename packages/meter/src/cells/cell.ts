import type { FrozenAttributes } from '../attributes.ts'
import type { PointExemplar } from '../exemplars.ts'
import type { PointValue } from '../point.ts'

/** The slot of every reader of totals. Delta readers have slots of their own, numbered from 0. */
export const TOTAL = -1

/** What one series of a synchronous instrument has recorded. There may be thousands, so a cell is kept small. */
export interface Cell {
  readonly attributes: FrozenAttributes
  /** When the series began, in milliseconds since the epoch. */
  readonly startMillis: number
  /** Records a value that the instrument admits. */
  record(value: number): void
  /**
   * Reads the total, or what was recorded since this delta reader read last.
   *
   * @param slot TOTAL, or the slot of a delta reader
   * @returns undefined when nothing was recorded since
   */
  read(slot: number): PointValue | undefined
  /** For a histogram with boundaries: keeps the exemplar of a value that was recorded. */
  keepExemplar?(exemplar: PointExemplar): void
  /** For a histogram with boundaries: the exemplars that were recorded since then, by the index of their bucket. */
  exemplarsSince?(millis: number): readonly (PointExemplar | undefined)[] | undefined
}

/** How far the delta readers have read a series. A provider without delta readers makes none. */
export interface Marks<M> {
  /** How often the series was recorded, which tells an addition of zero from no addition. */
  updates: number
  readonly bySlot: readonly (M & { updates: number })[]
}

export function createMarks<M>(deltaReaderCount: number, create: () => M): Marks<M> | undefined {
  if (deltaReaderCount === 0) return undefined
  return { updates: 0, bySlot: Array.from({ length: deltaReaderCount }, () => ({ ...create(), updates: 0 })) }
}

/** Returns a delta reader's mark and notes that it is read up to now; undefined when nothing was recorded since. */
export function advanceMark<M>(marks: Marks<M> | undefined, slot: number): M | undefined {
  const mark = marks?.bySlot[slot]
  if (marks === undefined || mark === undefined || mark.updates === marks.updates) return undefined
  mark.updates = marks.updates
  return mark
}
