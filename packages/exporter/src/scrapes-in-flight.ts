import { BOUNDS } from './bounds.ts'

/** How often it is looked for scrapes that have to give way, while others wait. */
const CHECK_MS = 50

/** A scrape that is being collected or sent. */
export interface InFlight {
  /** Since when the client has had something to take, in milliseconds; undefined while it waits for us. */
  sentMs: number | undefined
  /** Ends the scrape, because its client takes nothing and others wait. */
  readonly abort: () => void
}

interface Waiting {
  readonly inFlight: InFlight
  resolve(mayBegin: boolean): void
}

/**
 * Bounds how many scrapes are in flight. Of those that have to wait the newest is first: a scraper that came long ago will
 * soon give up, and however many there are, the next one does not wait for all of them.
 */
export class ScrapesInFlight {
  readonly #inFlight = new Set<InFlight>()
  /** The newest last. */
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  /**
   * Resolves with true when the scrape may begin, or with false when it should end, since too many newer ones wait. The
   * caller calls `end` in any case, also before this has resolved.
   */
  begin(inFlight: InFlight): Promise<boolean> {
    if (this.#inFlight.size < BOUNDS.scrapes) {
      this.#inFlight.add(inFlight)
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      this.#waiting.push({ inFlight, resolve })
      if (this.#waiting.length > BOUNDS.waitingScrapes) this.#waiting.shift()?.resolve(false)
      this.#abortStalled()
      this.#timer ??= setInterval(() => this.#abortStalled(), CHECK_MS).unref()
    })
  }

  end(inFlight: InFlight): void {
    this.#waiting = this.#waiting.filter((other) => other.inFlight !== inFlight)
    const next = this.#inFlight.delete(inFlight) ? this.#waiting.pop() : undefined
    if (next !== undefined) {
      this.#inFlight.add(next.inFlight)
      next.resolve(true)
    }
    if (this.#waiting.length > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Aborts the scrape whose client has taken nothing for longest, if that is long enough. */
  #abortStalled(): void {
    let since = performance.now() - BOUNDS.stalledScrapeMs
    let stalled: InFlight | undefined
    for (const one of this.#inFlight) {
      if (one.sentMs === undefined || one.sentMs > since) continue
      since = one.sentMs
      stalled = one
    }
    stalled?.abort()
  }
}
