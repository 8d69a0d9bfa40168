/** One value of ours for each of several objects of the app's or of Node's, invisible to the app. */
export interface Slot<T> {
  /** Throws a TypeError if the object has a value in this slot already. */
  set(object: object, value: T): void
  get(object: object): T | undefined
}

/**
 * The base of classes that put their private fields on an object that they did not make: its constructor returns that
 * object, so a subclass's fields are added to it. No key, symbol or proxy shows a private field, a frozen object can have
 * one, and reading one is faster than looking up a WeakMap.
 *
 * Extend this class directly where every request reads the field. Slots that `privateSlot` makes share one call site's
 * inline cache, which turns megamorphic.
 */
export class PrivateSlot {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the subclass's private fields go on the returned object
    return object
  }
}

/** Creates a slot, independent of all others, in which any object may have one value. */
export function privateSlot<T>(): Slot<T> {
  class ValueSlot extends PrivateSlot {
    #value: T

    constructor(object: object, value: T) {
      super(object)
      this.#value = value
    }

    static get(object: object): T | undefined {
      return #value in object ? (object as ValueSlot).#value : undefined
    }
  }
  return { set: (object, value) => void new ValueSlot(object, value), get: ValueSlot.get }
}
