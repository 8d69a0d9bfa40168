import type { Collected, ScrapeOptions } from '../collected.ts'
import type { TurnQueue } from './turn-queue.ts'

/** A body that is made as it is read. */
export interface BodySource {
  /** Makes the next chunk; undefined at the end. It must not be called again before it has settled. */
  next(): Promise<Buffer | undefined>
  /** Gives back a chunk that has been sent, and that nothing else reads, so that its memory is used again. */
  release(chunk: Buffer): void
  /** Releases what the source holds. It may be called at any time, and more than once. */
  close(): void
}

/** Returns the pieces as they are, each made in a turn of the event loop. */
export function plainSource(collected: Collected, options: ScrapeOptions, turns: TurnQueue): BodySource {
  const iterator = collected.write(options)[Symbol.iterator]()
  return {
    next: () => turns.run(() => iterator.next().value),
    release: (chunk) => collected.release(chunk),
    close: () => {},
  }
}
