import type { FrozenAttributes } from '../attributes.ts'

/** The slot of a reader that reads totals. Readers of deltas are numbered from 0. */
export const CUMULATIVE = -1

/** What one series of a synchronous instrument has recorded. */
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
