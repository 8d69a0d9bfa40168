import type { Attributes } from '@opentelemetry/api'
import {
  type FrozenAttributes,
  freezeAttributes,
  hasAttributes,
  hashAttributes,
  isImmutable,
  NO_ATTRIBUTES,
  OVERFLOW_ATTRIBUTES,
} from './attributes.ts'
import { AttributesMap } from './attributes-map.ts'
import { warn } from './diagnostics.ts'

/** The series of one instrument: a cell for each set of attributes, at most `limit` of them over the process's life. */
export class Series<C extends { readonly attributes: FrozenAttributes }> {
  /**
   * Cells by attributes objects that can never change, so that a hit needs no check. An object is forgotten when the
   * app drops it.
   */
  readonly #byIdentity = new WeakMap<object, C>()
  readonly #cells = new AttributesMap<C>()
  readonly #createCell: (attributes: FrozenAttributes) => C
  readonly #limit: number
  #overflow: C | undefined
  /** The attributes that were found by their identity last, and their cell: many records in a row are of one series. */
  #lastAttributes: Attributes | undefined
  #lastCell: C | undefined

  /** @param limit how many series there may be, the overflow series included */
  constructor(limit: number, createCell: (attributes: FrozenAttributes) => C) {
    this.#limit = limit
    this.#createCell = createCell
  }

  /** Returns the cell of these attributes, or the overflow cell past the limit; undefined when they cannot be read. */
  of(attributes: Attributes = NO_ATTRIBUTES): C | undefined {
    if (attributes === this.#lastAttributes) return this.#lastCell
    const cell = this.#byIdentity.get(attributes)
    if (cell === undefined) return this.#findByValue(attributes)
    this.#lastAttributes = attributes
    this.#lastCell = cell
    return cell
  }

  all(): readonly C[] {
    return this.#cells.values()
  }

  get size(): number {
    return this.#cells.size
  }

  /** Returns the attributes of the first series, without the overflow series. */
  first(count: number): ReadonlySet<FrozenAttributes> {
    const own = this.all().filter((cell) => !this.isOverflow(cell))
    return new Set(own.slice(0, count).map(({ attributes }) => attributes))
  }

  isOverflow(cell: C): boolean {
    return cell === this.#overflow
  }

  #findByValue(attributes: Attributes): C | undefined {
    try {
      if (typeof attributes !== 'object' || attributes === null) return this.of(NO_ATTRIBUTES)
      const hash = hashAttributes(attributes)
      const cell = this.#cells.get(hash, attributes) ?? this.#create(hash, attributes)
      if (isImmutable(attributes)) this.#byIdentity.set(attributes, cell)
      return cell
    } catch (error) {
      warn(
        `A record is dropped: its attributes cannot be read: ${error instanceof Error ? error.message : typeof error}`,
      )
      return undefined
    }
  }

  #create(hash: number, attributes: Attributes): C {
    const sizeWithoutOverflow = this.#cells.size - (this.#overflow === undefined ? 0 : 1)
    if (sizeWithoutOverflow >= this.#limit - 1 || hasAttributes(OVERFLOW_ATTRIBUTES, attributes))
      return this.#overflowCell()
    const cell = this.#createCell(freezeAttributes(attributes))
    this.#cells.add(hash, cell)
    return cell
  }

  #overflowCell(): C {
    if (this.#overflow === undefined) {
      this.#overflow = this.#createCell(OVERFLOW_ATTRIBUTES)
      this.#cells.add(hashAttributes(OVERFLOW_ATTRIBUTES), this.#overflow)
    }
    return this.#overflow
  }
}
