import type { BodySource } from './body-source.ts'

/** How many chunks a reader may be behind the first one and still share them. */
const WINDOW = 8

/** A position in a body: the chunk that leads to it, and how to get to the next. */
interface Position {
  readonly index: number
  readonly chunk: Buffer
  next: Promise<Position | undefined> | undefined
}

/**
 * A body that several responses read, each at its own pace. A chunk is made when the first reader comes to it, and kept
 * until the others have passed it. A reader that falls far behind no longer shares: it goes on with a source of its own,
 * so that a slow client costs the making of one more body rather than the memory of all that it has not read.
 */
export class SharedBody {
  readonly #open: () => BodySource
  readonly #onClose: () => void
  readonly #readers = new Set<BodyReader>()
  readonly #source: BodySource
  /** Whether there have been several readers. */
  #isShared = false
  #first: Position | undefined = { index: 0, chunk: Buffer.alloc(0), next: undefined }

  /**
   * @param open starts the body from its first byte. All that it starts are the same, byte for byte.
   * @param onClose called when the last reader has closed
   */
  constructor(open: () => BodySource, onClose: () => void) {
    this.#open = open
    this.#onClose = onClose
    this.#source = open()
  }

  /**
   * Adds a reader, which begins at the first byte. Returns undefined when that has been made already.
   *
   * @param abort called when the body is needed no longer, because others wait for its place
   */
  join(abort: () => void): BodyReader | undefined {
    if (this.#first === undefined) return undefined
    const reader = new BodyReader(this, this.#first, abort)
    if (this.#readers.size > 0) this.#isShared = true
    this.#readers.add(reader)
    return reader
  }

  /** For how long all readers have taken nothing. */
  stalledMs(): number {
    return Math.min(...[...this.#readers].map((reader) => reader.stalledMs()))
  }

  abort(): void {
    for (const reader of [...this.#readers]) {
      reader.close()
      reader.abort()
    }
  }

  /** Returns the position after one that a reader has. */
  after(position: Position): Promise<Position | undefined> {
    position.next ??= this.#make(position.index + 1)
    return position.next
  }

  async #make(index: number): Promise<Position | undefined> {
    const chunk = await this.#source.next()
    this.#first = undefined
    for (const reader of this.#readers) reader.leaveBefore(index - WINDOW)
    return chunk && { index, chunk, next: undefined }
  }

  /** Starts the body again, for a reader that no longer shares, after the bytes that it has. */
  restart(takenBytes: number): BodySource {
    return withoutFirst(takenBytes, this.#open())
  }

  /** Gives a chunk back, unless another reader may have it, or may come to have it. */
  release(chunk: Buffer): void {
    if (!this.#isShared && this.#first === undefined) this.#source.release(chunk)
  }

  leave(reader: BodyReader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return
    this.#source.close()
    this.#onClose()
  }
}

/** What one response reads of a body. */
export class BodyReader implements BodySource {
  readonly #body: SharedBody
  readonly abort: () => void
  /** Undefined for a reader that no longer shares. */
  #position: Position | undefined
  #own: BodySource | undefined
  #takenBytes = 0
  /** When the last chunk was taken; undefined while the next one is being made. */
  #takenMs: number | undefined

  constructor(body: SharedBody, first: Position, abort: () => void) {
    this.#body = body
    this.#position = first
    this.abort = abort
  }

  async next(): Promise<Buffer | undefined> {
    this.#takenMs = undefined
    try {
      const chunk = await this.#next()
      this.#takenBytes += chunk?.length ?? 0
      return chunk
    } finally {
      this.#takenMs = performance.now()
    }
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#position === undefined) {
      this.#own ??= this.#body.restart(this.#takenBytes)
      return this.#own.next()
    }
    const position = await this.#body.after(this.#position)
    // The end is no position, and nobody asks for what comes after it.
    if (position !== undefined) this.#position = position
    return position?.chunk
  }

  release(chunk: Buffer): void {
    if (this.#own !== undefined) this.#own.release(chunk)
    else this.#body.release(chunk)
  }

  stalledMs(): number {
    return this.#takenMs === undefined ? 0 : performance.now() - this.#takenMs
  }

  /** Stops sharing where the reader has not come to this index. */
  leaveBefore(index: number): void {
    if (this.#position !== undefined && this.#position.index < index) this.#position = undefined
  }

  close(): void {
    this.#position = undefined
    this.#own?.close()
    this.#body.leave(this)
  }
}

/** Returns a source without the first bytes of another. */
function withoutFirst(bytes: number, source: BodySource): BodySource {
  let left = bytes
  return {
    async next() {
      for (;;) {
        const chunk = await source.next()
        if (chunk === undefined || left === 0) return chunk
        const rest = chunk.subarray(left)
        left = Math.max(0, left - chunk.length)
        if (rest.length > 0) return rest
      }
    },
    release: (chunk) => source.release(chunk),
    close: () => source.close(),
  }
}
