import { BOUNDS } from '../bounds.ts'
import type { Collected, ScrapeOptions } from '../collected.ts'
import { type BodySource, plainSource } from './body-source.ts'
import { gzipSource } from './gzip-source.ts'
import { type BodyReader, SharedBody } from './shared-body.ts'
import type { TurnQueue } from './turn-queue.ts'

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

    if (this.#open.size >= BOUNDS.bodies) this.#mostStalled()?.abort()
    if (this.#open.size >= BOUNDS.bodies) return undefined
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

  /** Returns the body whose readers have taken nothing for longest, if that is long enough. */
  #mostStalled(): SharedBody | undefined {
    let longestMs: number = BOUNDS.stalledBodyMs
    let longest: SharedBody | undefined
    for (const body of this.#open) {
      const stalledMs = body.stalledMs()
      if (stalledMs < longestMs) continue
      longestMs = stalledMs
      longest = body
    }
    return longest
  }
}
