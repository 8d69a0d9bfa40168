import { BOUNDS } from '../bounds.ts'
import type { Collected, ScrapeOptions } from '../collected.ts'
import { type BodySource, plainSource } from './body-source.ts'
import { gzipSource } from './gzip-source.ts'
import { type BodyReader, SharedBody } from './shared-body.ts'
import type { TurnQueue } from './turn-queue.ts'

/** How often it is looked for room. */
const ROOM_MS = 10

export interface BodyOptions extends ScrapeOptions {
  readonly isCompressed: boolean
}

/** The bodies that are being written. There is a bounded number of them. */
export class Bodies {
  readonly #turns: TurnQueue
  readonly #open = new Set<SharedBody>()
  /** By what was collected and by what of it was asked for. */
  readonly #byCollected = new WeakMap<Collected, Map<string, SharedBody>>()

  constructor(turns: TurnQueue) {
    this.#turns = turns
  }

  /**
   * Returns a reader of a body. Responses that ask for the same at the same moment share the body.
   *
   * @param abort called when the body has to give way to others, since its readers are too slow
   * @returns undefined when too many bodies are being written
   */
  read(collected: Collected, options: BodyOptions, abort: () => void): BodyReader | undefined {
    const { format, names, isCompressed } = options
    const key = JSON.stringify([format, isCompressed, names && [...names].sort()])
    const bodies = this.#byCollected.get(collected) ?? new Map<string, SharedBody>()
    this.#byCollected.set(collected, bodies)
    const joined = bodies.get(key)?.join(abort)
    if (joined !== undefined) return joined

    if (!this.#makeRoom()) return undefined
    const start = (): BodySource => {
      const plain = plainSource(collected, { format, names }, this.#turns)
      return isCompressed ? gzipSource(plain) : plain
    }
    const body = new SharedBody(start, () => {
      this.#open.delete(body)
      if (bodies.get(key) === body) bodies.delete(key)
    })
    this.#open.add(body)
    bodies.set(key, body)
    return body.join(abort)
  }

  /** Resolves when there is room for a body, because some are complete or make no progress. */
  async room(): Promise<void> {
    while (!this.#makeRoom()) await new Promise((resolve) => setTimeout(resolve, ROOM_MS).unref())
  }

  /** Returns whether there is room for a body, if need be because the body gives way that has made no progress for longest. */
  #makeRoom(): boolean {
    if (this.#open.size < BOUNDS.bodies) return true
    let longestMs: number = BOUNDS.stalledBodyMs
    let longest: SharedBody | undefined
    for (const body of this.#open) {
      const stalledMs = body.stalledMs()
      if (stalledMs < longestMs) continue
      longestMs = stalledMs
      longest = body
    }
    longest?.abort()
    return longest !== undefined
  }
}
