/** Something of ours that goes with an object of the app's, or of Node's. */
export interface Stamp<T> {
  /** Once for an object. */
  put(object: object, value: T): void
  of(object: object): T | undefined
}

/**
 * A constructor that returns another object than it made: the private fields of a class below it are put on that one. No
 * key, no symbol and no proxy shows them, and they are found faster than in a WeakMap.
 *
 * On the hot path a class is written out: those that `stamp` makes share the compiler's notes, which then fit none.
 */
export class Host {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what it is for
    return object
  }
}

/** Values that stand on the objects themselves, where nobody sees them. */
export function stamp<T>(): Stamp<T> {
  class Stamped extends Host {
    #value: T

    constructor(object: object, value: T) {
      super(object)
      this.#value = value
    }

    static of(object: object): T | undefined {
      return #value in object ? (object as Stamped).#value : undefined
    }
  }
  return { put: (object, value) => void new Stamped(object, value), of: Stamped.of }
}
