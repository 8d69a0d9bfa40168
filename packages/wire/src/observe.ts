import type { Server } from 'node:net'
import { watchConnections } from './connections.ts'
import type { WireObserver } from './exchange.ts'
import { watchHttpClient } from './http-client.ts'
import { watchHttpServer } from './http-server.ts'
import { watchHttpUpgrades } from './http-upgrade.ts'
import { watchHttp2Client } from './http2-client.ts'
import { watchHttp2Server } from './http2-server.ts'
import { watchUndici } from './undici.ts'

let observers: readonly WireObserver[] = []
let stop: (() => void) | undefined
const ignored = new WeakSet<object>()

/**
 * Begins to ask an observer about exchanges and connections. Those that began before are not seen.
 *
 * @returns what ends it; exchanges under way are still heard to their end.
 */
export function observe(observer: WireObserver): () => void {
  observers = [...observers, observer]
  stop ??= watch()
  return () => {
    observers = observers.filter((one) => one !== observer)
    if (observers.length > 0) return
    stop?.()
    stop = undefined
  }
}

/** Leaves a server out for good: its connections and its exchanges are seen by nobody. */
export function ignoreServer(server: Server): void {
  ignored.add(server)
}

function watch(): () => void {
  const current = () => observers
  const stops = [
    watchHttpServer(current, ignored),
    watchHttpUpgrades(current, ignored),
    watchHttp2Server(current, ignored),
    watchConnections(current, ignored),
    watchHttpClient(current),
    watchHttp2Client(current),
    watchUndici(current),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
