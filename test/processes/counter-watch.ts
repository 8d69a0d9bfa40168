import { setTimeout as sleep } from 'node:timers/promises'
import { counters, type Deployment } from './deployment.ts'

export interface CounterWatch {
  /** How many scrapes succeeded so far. */
  readonly scrapes: () => number
  /** The longest time between two scrapes that succeeded, in milliseconds. */
  readonly longestOutageMs: () => number
  /** @throws Error that names every counter that fell or vanished between two scrapes */
  stop(): Promise<void>
}

/** Scrapes all the time, and checks that no counter falls or vanishes. */
export function watchCounters(deployment: Deployment, intervalMs = 30): CounterWatch {
  let last: ReadonlyMap<string, number> = new Map()
  let scrapes = 0
  let isStopped = false
  let scrapedMs = performance.now()
  let longestOutageMs = 0
  const falls: string[] = []

  async function watch(): Promise<void> {
    for (; !isStopped; await sleep(intervalMs)) {
      let families: Awaited<ReturnType<Deployment['scrape']>>
      try {
        families = await deployment.scrape()
      } catch {
        // The leader has just been killed: no process has the port, or the response broke off.
        continue
      }
      scrapes++
      longestOutageMs = Math.max(longestOutageMs, performance.now() - scrapedMs)
      scrapedMs = performance.now()
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
