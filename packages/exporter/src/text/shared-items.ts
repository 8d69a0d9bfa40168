/**
 * Lets several readers share what one iterator makes, each at its own pace. An item is made when the first reader comes
 * to it, and is released when the last one has gone on from it.
 */
export class SharedItems<T> {
  readonly #source: Iterator<T>
  readonly #release: (item: T) => void
  /** The items that a reader may still need, and the index of the first of them. */
  readonly #items: T[] = []
  #first = 0
  readonly #readers = new Set<Reader<T>>()
  #mayBegin = true

  /** @param release is called with each item that no reader needs any more. */
  constructor(source: Iterator<T>, release: (item: T) => void) {
    this.#source = source
    this.#release = release
  }

  /** Begins to read at the first item. This is possible until `close` is called. */
  read(): IterableIterator<T> {
    const reader = new Reader<T>(
      (index) => this.#at(index),
      () => this.#readers.delete(reader) && this.#releasePassed(),
    )
    this.#readers.add(reader)
    return reader
  }

  /** Lets no other reader begin, so that items which all readers have passed are released. */
  close(): void {
    this.#mayBegin = false
    this.#releasePassed()
  }

  #at(index: number): IteratorResult<T> {
    this.#releasePassed()
    while (index >= this.#first + this.#items.length) {
      const { value, done } = this.#source.next()
      if (done) return { value, done }
      this.#items.push(value)
    }
    return { value: this.#items[index - this.#first] as T }
  }

  #releasePassed(): void {
    if (this.#mayBegin) return
    const needed = Math.min(...Array.from(this.#readers, ({ index }) => index))
    while (this.#first < needed && this.#items.length > 0) {
      this.#release(this.#items.shift() as T)
      this.#first++
    }
    if (this.#readers.size === 0) this.#source.return?.()
  }
}

class Reader<T> implements IterableIterator<T> {
  /** The index of the item that was read last, which is still in use. */
  index = -1
  readonly #at: (index: number) => IteratorResult<T>
  readonly #onEnd: () => void
  #hasEnded = false

  constructor(at: (index: number) => IteratorResult<T>, onEnd: () => void) {
    this.#at = at
    this.#onEnd = onEnd
  }

  next(): IteratorResult<T> {
    if (this.#hasEnded) return { value: undefined, done: true }
    this.index++
    const result = this.#at(this.index)
    return result.done ? this.return() : result
  }

  return(): IteratorResult<T> {
    this.#hasEnded = true
    this.#onEnd()
    return { value: undefined, done: true }
  }

  [Symbol.iterator](): this {
    return this
  }
}
