import type { TurnQueue } from '../body/turn-queue.ts'
import type { Collected, Exposition } from '../collected.ts'

/**
 * Returns an exposition that shares one collection among the scrapes that arrive before it has ended.
 *
 * The collection begins in the next turn of the event loop. One that ends in microtasks would otherwise be over before
 * the next socket is read, and scrapes that arrive together would each have their own. A scrape that joins a collection
 * under way gets numbers that are older than its arrival by no more than the collection takes: numbers change while they
 * are collected, so no scrape can expect more.
 *
 * @param limitMs how long a collection is joined; one that never ends must not keep the metrics from all scrapes
 */
export function shareCollections(exposition: Exposition, turns: TurnQueue, limitMs: number): Exposition {
  let current: { readonly collected: Promise<Collected>; readonly startMs: number } | undefined
  return () => {
    if (current === undefined || performance.now() - current.startMs > limitMs) {
      const collected = turns
        .createLane()
        .run(() => {})
        .then(exposition)
      const own = { collected, startMs: performance.now() }
      current = own
      const forget = () => {
        if (current === own) current = undefined
      }
      collected.then(forget, forget)
    }
    return current.collected
  }
}
