import type { Attributes } from '@opentelemetry/api'
import { type FrozenAttributes, freezeAttributes, hashAttributes } from './attributes.ts'
import { AttributesMap } from './attributes-map.ts'
import type { ObservableStream, ObservedCell } from './observables.ts'

interface Overflowed {
  readonly attributes: FrozenAttributes
  value: number
}

/** What was observed of one instrument: of each series the last value. */
export class Observed {
  readonly #values = new Map<ObservedCell, number>()
  /** The values of the series that share the overflow's cell, by series, so that one observed twice counts once. */
  readonly #overflow = new AttributesMap<Overflowed>()
  #overflowCell: ObservedCell | undefined

  observe(stream: ObservableStream, value: number, attributes: Attributes | undefined): void {
    const cell = stream.series.of(attributes)
    if (cell === undefined) return
    if (!stream.series.isOverflow(cell)) {
      this.#values.set(cell, value)
      return
    }
    this.#overflowCell = cell
    this.#overflowed(value, attributes ?? {})
  }

  #overflowed(value: number, attributes: Attributes): void {
    const hash = hashAttributes(attributes)
    const known = this.#overflow.get(hash, attributes)
    if (known === undefined) this.#overflow.add(hash, { attributes: freezeAttributes(attributes), value })
    else known.value = value
  }

  merge(other: Observed): void {
    for (const [cell, value] of other.#values) this.#values.set(cell, value)
    for (const { value, attributes } of other.#overflow.values()) this.#overflowed(value, attributes)
    this.#overflowCell ??= other.#overflowCell
  }

  /** @param combine what the overflow's series shows of the values that share it. */
  *entries(combine: (values: Iterable<number>) => number): Iterable<[ObservedCell, number]> {
    yield* this.#values
    if (this.#overflowCell === undefined) return
    yield [this.#overflowCell, combine(Array.from(this.#overflow.values(), ({ value }) => value))]
  }
}

/** What one collection observed. Every collection has its own, so two at once never mix. */
export class Observations {
  static #count = 0
  /** Later collections have higher numbers. */
  readonly sequence = ++Observations.#count
  readonly #byStream = new Map<ObservableStream, Observed>()

  of(stream: ObservableStream): Observed | undefined {
    return this.#byStream.get(stream)
  }

  add(stream: ObservableStream, observed: Observed): void {
    const known = this.#byStream.get(stream)
    if (known === undefined) this.#byStream.set(stream, observed)
    else known.merge(observed)
  }
}
