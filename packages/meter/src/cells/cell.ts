import type { FrozenAttributes } from '../attributes.ts'

/** The slot of a reader that reads totals. Readers of deltas are numbered from 0. */
export const CUMULATIVE = -1

/** What one series of a synchronous instrument has recorded. There may be thousands: what it can do without, it has not. */
export interface Cell<V> {
  readonly attributes: FrozenAttributes
  /** When the series began, in milliseconds since the epoch. */
  readonly startMillis: number
  /**
   * @param slot CUMULATIVE for the total, else the reader of deltas that asks: it gets what came since it asked last.
   * @returns undefined when nothing came since.
   */
  read(slot: number): V | undefined
}

/** What the readers of deltas have seen of a series; a provider that has none makes none. */
export interface Marks<M> {
  /** How often the series was recorded: tells an addition of zero from none. */
  updates: number
  readonly ofReader: readonly (M & { updates: number })[]
}

export function createMarks<M>(deltaReaders: number, create: () => M): Marks<M> | undefined {
  if (deltaReaders === 0) return undefined
  return { updates: 0, ofReader: Array.from({ length: deltaReaders }, () => ({ ...create(), updates: 0 })) }
}

/** The mark of a reader for which there is news; it is then up to date. */
export function nextMark<M>(marks: Marks<M> | undefined, slot: number): M | undefined {
  const mark = marks?.ofReader[slot]
  if (marks === undefined || mark === undefined || mark.updates === marks.updates) return undefined
  mark.updates = marks.updates
  return mark
}
