/** A position in what an iterator makes. It leads to all later positions, and to no earlier one. */
class Position<T> {
  readonly #source: Iterator<T>
  readonly item: T
  #next: Position<T> | null | undefined

  constructor(source: Iterator<T>, item: T) {
    this.#source = source
    this.item = item
  }

  /** The next position; null at the end. The first reader that comes here has the item made. */
  get next(): Position<T> | null {
    if (this.#next === undefined) {
      const { value, done } = this.#source.next()
      this.#next = done ? null : new Position(this.#source, value)
    }
    return this.#next
  }
}

class Reader<T> implements IterableIterator<T> {
  #position: Position<T> | null

  constructor(start: Position<T>) {
    this.#position = start
  }

  next(): IteratorResult<T> {
    this.#position = this.#position?.next ?? null
    return this.#position === null ? { value: undefined, done: true } : { value: this.#position.item, done: false }
  }

  [Symbol.iterator](): this {
    return this
  }
}

/**
 * Lets several readers share what one iterator makes, each at its own pace. An item is made when the first reader comes
 * to it, and is kept only until the last one has passed it.
 *
 * @returns a function that starts another reader at the first item. All items are kept as long as the function is.
 */
export function sharedItems<T>(source: Iterator<T>): () => IterableIterator<T> {
  const start = new Position(source, undefined as T)
  return () => new Reader(start)
}
