import { counters, pause, type Site } from './app.ts'

export interface Watch {
  readonly scrapes: () => number
  /** How long nobody answered at most, in milliseconds. */
  readonly longestOutageMs: () => number
  /** @throws Error that names what fell, or vanished, between two scrapes. */
  stop(): Promise<void>
}

/** Scrapes all the time, and looks whether anything falls that may not. */
export function watchFalls(site: Site, intervalMs = 30): Watch {
  let last: ReadonlyMap<string, number> = new Map()
  let scrapes = 0
  let isStopped = false
  let answeredMs = performance.now()
  let longestOutageMs = 0
  const falls: string[] = []

  async function watch(): Promise<void> {
    for (; !isStopped; await pause(intervalMs)) {
      let families: Awaited<ReturnType<Site['scrape']>>
      try {
        families = await site.scrape()
      } catch {
        // The leader has just been killed: nobody has the port, or the answer broke off.
        continue
      }
      scrapes++
      longestOutageMs = Math.max(longestOutageMs, performance.now() - answeredMs)
      answeredMs = performance.now()
      const now = counters(families)
      for (const [series, value] of last) {
        const next = now.get(series)
        if (next === undefined || next < value) falls.push(`${series}: ${value} -> ${next}`)
      }
      last = now
    }
  }
  const watching = watch()
  return {
    scrapes: () => scrapes,
    longestOutageMs: () => longestOutageMs,
    async stop() {
      isStopped = true
      await watching
      if (falls.length > 0) throw new Error(`${falls.length} falls:\n${falls.slice(0, 10).join('\n')}`)
    },
  }
}
