import type { Collected, ScrapeOptions } from '../collected.ts'
import type { Lane } from './turn-queue.ts'

/** A body that is made as it is read. */
export interface BodySource {
  /** Makes the next chunk; undefined at the end. It must not be called again before it has settled. */
  next(): Promise<Buffer | undefined>
  /** Gives back a chunk that has been sent, and that nothing else reads, so that its memory is used again. */
  release(chunk: Buffer): void
  /** Releases what the source holds. It may be called at any time, and more than once. */
  close(): void
}

/** How long a piece is that is probably the last one. */
const SHORT_BYTES = 32 * 1024

/** Returns the pieces as they are, each made in a turn of the event loop. */
export function plainSource(collected: Collected, options: ScrapeOptions, lane: Lane): BodySource {
  const iterator = collected.write(options)[Symbol.iterator]()
  let ahead: IteratorResult<Buffer> | undefined
  const make = (): Buffer | undefined => {
    const { value } = ahead ?? iterator.next()
    // A short piece is nearly always the last one. A turn costs more than to find that out at once.
    ahead = value !== undefined && value.length < SHORT_BYTES ? iterator.next() : undefined
    return value
  }
  return {
    next: async () => (ahead?.done ? undefined : lane.run(make)),
    release: (chunk) => collected.release(chunk),
    close: () => {},
  }
}
