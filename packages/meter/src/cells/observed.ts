import type { FrozenAttributes } from '../attributes.ts'

/** One series of an observable instrument. Its value is kept by the collection that observed it. */
export interface ObservedCell {
  readonly attributes: FrozenAttributes
  /** When the series began, in milliseconds since the epoch. */
  readonly startMillis: number
  /** The total that each delta reader saw last, by the reader's slot. */
  readonly previous: number[]
}
