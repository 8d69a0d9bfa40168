import type { Collected, ScrapeOptions } from '../collected.ts'
import { type BodySource, plainSource } from './body-source.ts'
import { gzipSource } from './gzip-source.ts'
import { type BodyReader, SharedBody } from './shared-body.ts'
import type { TurnQueue } from './turn-queue.ts'

export interface BodyOptions extends ScrapeOptions {
  readonly isCompressed: boolean
}

/** The bodies of responses. Those that ask for the same at the same moment share one. */
export class Bodies {
  readonly #turns: TurnQueue
  /** By what was collected and by what of it was asked for, the one that was started last. */
  readonly #bodies = new WeakMap<Collected, Map<string, SharedBody>>()

  constructor(turns: TurnQueue) {
    this.#turns = turns
  }

  read(collected: Collected, options: BodyOptions): BodyReader {
    const { format, names, isCompressed } = options
    const key = JSON.stringify([format, isCompressed, names && [...names].sort()])
    const bodies = this.#bodies.get(collected) ?? new Map<string, SharedBody>()
    this.#bodies.set(collected, bodies)
    const joined = bodies.get(key)?.join()
    if (joined !== undefined) return joined

    const open = (): BodySource => {
      const plain = plainSource(collected, { format, names }, this.#turns.createLane())
      return isCompressed ? gzipSource(plain) : plain
    }
    const body = new SharedBody(open)
    bodies.set(key, body)
    return body.join() as BodyReader
  }
}
