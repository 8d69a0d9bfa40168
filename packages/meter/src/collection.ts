import type { Attributes } from '@opentelemetry/api'
import { type FrozenAttributes, freezeAttributes, hashAttributes } from './attributes.ts'
import { AttributesMap } from './attributes-map.ts'
import type { ObservedCell } from './cells/observed.ts'
import type { Series } from './series.ts'

/** One collection by one reader. */
export interface Collection {
  /** The reader's index among those of the provider. */
  readonly reader: number
  readonly endMillis: number
  readonly observations: Observations
}

/** What the callbacks of one collection observed. Every collection has its own, so two at the same time never mix. */
export class Observations {
  static #count = 0
  /** A later collection has a higher number. */
  readonly sequence = ++Observations.#count
  readonly #bySeries = new Map<Series<ObservedCell>, ObservedValues>()

  of(series: Series<ObservedCell>): ObservedValues | undefined {
    return this.#bySeries.get(series)
  }

  add(series: Series<ObservedCell>, values: ObservedValues): void {
    const known = this.#bySeries.get(series)
    if (known === undefined) this.#bySeries.set(series, values)
    else known.merge(values)
  }
}

interface OverflowedValue {
  readonly attributes: FrozenAttributes
  value: number
}

/** The values that were observed of one instrument: the last value of each series. */
export class ObservedValues {
  readonly #values = new Map<ObservedCell, number>()
  /**
   * The values of the series that share the overflow cell, by their own attributes, so that one observed twice counts
   * once.
   */
  readonly #overflowed = new AttributesMap<OverflowedValue>()
  #overflowCell: ObservedCell | undefined

  observe(series: Series<ObservedCell>, value: number, attributes: Attributes | undefined): void {
    const cell = series.of(attributes)
    if (cell === undefined) return
    if (!series.isOverflow(cell)) {
      this.#values.set(cell, value)
      return
    }
    this.#overflowCell = cell
    this.#setOverflowed(value, attributes ?? {})
  }

  #setOverflowed(value: number, attributes: Attributes): void {
    const hash = hashAttributes(attributes)
    const known = this.#overflowed.get(hash, attributes)
    if (known === undefined) this.#overflowed.add(hash, { attributes: freezeAttributes(attributes), value })
    else known.value = value
  }

  merge(other: ObservedValues): void {
    for (const [cell, value] of other.#values) this.#values.set(cell, value)
    for (const { value, attributes } of other.#overflowed.values()) this.#setOverflowed(value, attributes)
    this.#overflowCell ??= other.#overflowCell
  }

  /** @param combine makes the value of the overflow series from the values of the series that share it */
  *entries(combine: (values: Iterable<number>) => number): Iterable<[ObservedCell, number]> {
    yield* this.#values
    if (this.#overflowCell === undefined) return
    yield [this.#overflowCell, combine(Array.from(this.#overflowed.values(), ({ value }) => value))]
  }
}
