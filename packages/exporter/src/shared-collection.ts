import type { Collected, Exposition } from './exposition.ts'

/**
 * Returns an exposition that shares one collection among the scrapes that arrive before it has ended.
 *
 * The collection begins when the event loop has read what its sockets hold, with `setImmediate`. A collection that finishes in
 * microtasks would otherwise be over before the next socket is read, and scrapes that arrive together would each have their own. A
 * scrape that joins a collection under way gets numbers that are older than its arrival by no more than that collection takes,
 * which is what the client of any exposition has to expect, since numbers change while they are collected.
 */
export function shareCollections(exposition: Exposition): Exposition {
  let current: Promise<Collected> | undefined
  return () => {
    current ??= new Promise((resolve) => setImmediate(resolve)).then(exposition).finally(() => {
      current = undefined
    })
    return current
  }
}
