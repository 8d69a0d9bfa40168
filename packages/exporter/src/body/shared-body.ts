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
  readonly #source: BodySource
  /** Those that share the source. */
  readonly #readers = new Set<BodyReader>()
  /** Whether there have been several. */
  #isShared = false
  /** The first byte; undefined when that has been made. */
  #first: Position | undefined = { index: 0, chunk: Buffer.alloc(0), next: undefined }

  /** @param open starts the body from its first byte. All that it starts are the same, byte for byte. */
  constructor(open: () => BodySource) {
    this.#open = open
    this.#source = open()
  }

  /** Adds a reader, which begins at the first byte. Returns undefined when that has been made already. */
  join(): BodyReader | undefined {
    if (this.#first === undefined) return undefined
    const reader = new BodyReader(this, this.#first)
    if (this.#readers.size > 0) this.#isShared = true
    this.#readers.add(reader)
    return reader
  }

  /** Returns the position after one that a reader has. */
  after(position: Position): Promise<Position | undefined> {
    position.next ??= this.#make(position.index + 1)
    return position.next
  }

  async #make(index: number): Promise<Position | undefined> {
    const chunk = await this.#source.next()
    this.#first = undefined
    for (const reader of this.#readers) if (reader.isBefore(index - WINDOW)) this.leave(reader)
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

  /** Removes a reader from those that share. */
  leave(reader: BodyReader): void {
    if (!this.#readers.delete(reader)) return
    reader.stopSharing()
    if (this.#readers.size === 0) this.#source.close()
  }
}

/** What one response reads of a body. */
export class BodyReader implements BodySource {
  readonly #body: SharedBody
  /** Undefined for a reader that no longer shares. */
  #position: Position | undefined
  #own: BodySource | undefined
  #takenBytes = 0
  #isClosed = false

  constructor(body: SharedBody, first: Position) {
    this.#body = body
    this.#position = first
  }

  async next(): Promise<Buffer | undefined> {
    if (this.#isClosed) return undefined
    const chunk = await this.#next()
    this.#takenBytes += chunk?.length ?? 0
    return chunk
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#position === undefined) {
      this.#own ??= this.#body.restart(this.#takenBytes)
      return this.#own.next()
    }
    const position = await this.#body.after(this.#position)
    // Nobody asks for what comes after the end, and a reader that has stopped sharing meanwhile still takes this chunk.
    if (position !== undefined && this.#position !== undefined) this.#position = position
    return position?.chunk
  }

  release(chunk: Buffer): void {
    if (this.#own !== undefined) this.#own.release(chunk)
    else this.#body.release(chunk)
  }

  isBefore(index: number): boolean {
    return this.#position !== undefined && this.#position.index < index
  }

  stopSharing(): void {
    this.#position = undefined
  }

  close(): void {
    this.#isClosed = true
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
