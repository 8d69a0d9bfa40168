import type { Attributes } from '@opentelemetry/api'
import {
  type FrozenAttributes,
  freezeAttributes,
  isImmutable,
  NO_ATTRIBUTES,
  OVERFLOW_ATTRIBUTES,
  seriesKey,
} from './attributes.ts'
import { warn } from './diagnostics.ts'

const OVERFLOW_KEY = seriesKey(OVERFLOW_ATTRIBUTES)

/** The series of one instrument: a cell for each set of attributes, no more than the limit over the process's life. */
export class Series<C> {
  /** Only ever holds objects that cannot change, so a hit needs no check. Forgets an object when the app does. */
  readonly #byIdentity = new WeakMap<object, C>()
  readonly #byKey = new Map<string, C>()
  readonly #createCell: (attributes: FrozenAttributes) => C
  readonly #limit: number
  #overflow: C | undefined

  /** @param limit how many series there may be, the one of the overflow included. */
  constructor(limit: number, createCell: (attributes: FrozenAttributes) => C) {
    this.#limit = limit
    this.#createCell = createCell
  }

  /** The cell of these attributes, or that of the overflow; undefined when they cannot be read. */
  of(attributes: Attributes = NO_ATTRIBUTES): C | undefined {
    return this.#byIdentity.get(attributes) ?? this.#admit(attributes)
  }

  all(): Iterable<C> {
    return this.#byKey.values()
  }

  isOverflow(cell: C): boolean {
    return cell === this.#overflow
  }

  #admit(attributes: Attributes): C | undefined {
    try {
      if (typeof attributes !== 'object' || attributes === null) return this.of(NO_ATTRIBUTES)
      const key = seriesKey(attributes)
      const cell = this.#byKey.get(key) ?? this.#create(key, attributes)
      if (isImmutable(attributes)) this.#byIdentity.set(attributes, cell)
      return cell
    } catch (error) {
      warn(
        `A record is dropped: its attributes cannot be read: ${error instanceof Error ? error.message : typeof error}`,
      )
      return undefined
    }
  }

  #create(key: string, attributes: Attributes): C {
    const own = this.#byKey.size - (this.#overflow === undefined ? 0 : 1)
    if (key === OVERFLOW_KEY || own >= this.#limit - 1) return this.#overflowCell()
    const cell = this.#createCell(freezeAttributes(attributes))
    this.#byKey.set(key, cell)
    return cell
  }

  #overflowCell(): C {
    if (this.#overflow === undefined) {
      this.#overflow = this.#createCell(OVERFLOW_ATTRIBUTES)
      this.#byKey.set(OVERFLOW_KEY, this.#overflow)
    }
    return this.#overflow
  }
}
