import { BOUNDS } from '../bounds.ts'

/** How often it is looked for scrapes that have to give way, while others wait. */
const CHECK_MS = 50

/** A scrape that is being collected or sent, or waits for that. */
export interface Scrape {
  /** The address of the client. */
  readonly client: string
  /** Since when the client has had something to take, in milliseconds; undefined while it waits for us. */
  sentMs: number | undefined
  /** Ends the scrape, because its client takes nothing and others wait. */
  readonly abort: () => void
}

/**
 * Bounds how many scrapes are in flight. Of those that have to wait, the clients that have fewest in flight come first,
 * and of one client the newest: a scraper that came long ago will soon give up. So however many scrapes one client sends,
 * the next of another does not wait for all of them.
 */
export class ScrapesInFlight {
  readonly #inFlight = new Set<Scrape>()
  /** By scrape, the newest last. The function is called with whether the scrape may begin. */
  readonly #waiting = new Map<Scrape, (mayBegin: boolean) => void>()
  #timer: NodeJS.Timeout | undefined

  /**
   * Resolves with true when the scrape may begin, or with false when it should end, since too many wait. The caller calls
   * `end` in any case, also before this has resolved.
   */
  begin(scrape: Scrape): Promise<boolean> {
    if (this.#inFlight.size < BOUNDS.scrapes) {
      this.#inFlight.add(scrape)
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      this.#waiting.set(scrape, resolve)
      if (this.#waiting.size > BOUNDS.waitingScrapes) this.#refuseOne()
      this.#abortStalled()
      this.#timer ??= setInterval(() => this.#abortStalled(), CHECK_MS).unref()
    })
  }

  end(scrape: Scrape): void {
    this.#waiting.delete(scrape)
    if (this.#inFlight.delete(scrape)) this.#beginNext()
    if (this.#waiting.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #beginNext(): void {
    const inFlight = countByClient(this.#inFlight)
    let next: Scrape | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const scrape of this.#waiting.keys()) {
      const count = inFlight.get(scrape.client) ?? 0
      if (count > fewest) continue
      next = scrape
      fewest = count
    }
    if (next === undefined) return
    this.#inFlight.add(next)
    this.#settle(next, true)
  }

  /** Refuses the oldest scrape of the client that has most of those that wait. */
  #refuseOne(): void {
    const waiting = countByClient(this.#waiting.keys())
    const most = Math.max(...waiting.values())
    for (const scrape of this.#waiting.keys()) {
      if (waiting.get(scrape.client) !== most) continue
      this.#settle(scrape, false)
      return
    }
  }

  #settle(scrape: Scrape, mayBegin: boolean): void {
    const resolve = this.#waiting.get(scrape)
    this.#waiting.delete(scrape)
    resolve?.(mayBegin)
  }

  /** Aborts the scrape whose client has taken nothing for longest, if that is long enough. */
  #abortStalled(): void {
    let sinceMs = performance.now() - BOUNDS.stalledScrapeMs
    let stalled: Scrape | undefined
    for (const scrape of this.#inFlight) {
      if (scrape.sentMs === undefined || scrape.sentMs > sinceMs) continue
      sinceMs = scrape.sentMs
      stalled = scrape
    }
    stalled?.abort()
  }
}

function countByClient(scrapes: Iterable<Scrape>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { client } of scrapes) counts.set(client, (counts.get(client) ?? 0) + 1)
  return counts
}
