import type { Server } from 'node:net'
import { watchConnections } from './connections.ts'
import { watchHandovers } from './handovers.ts'
import { watchHttpClient } from './http1/client.ts'
import { watchRefusedRequests } from './http1/refused-requests.ts'
import { watchHttpServer } from './http1/server.ts'
import { watchServerUpgrades } from './http1/server-upgrades.ts'
import { watchHttp2Client } from './http2/client.ts'
import { watchHttp2Server } from './http2/server.ts'
import type { WireObserver } from './observer.ts'
import { watchChildStdio } from './stdio/child.ts'
import { watchOwnStdio } from './stdio/own.ts'
import { watchUndici } from './undici.ts'

let observers: readonly WireObserver[] = []
let stop: (() => void) | undefined
let stopPipes: (() => void) | undefined
const ignored = new WeakSet<object>()

/**
 * Begins to ask an observer about exchanges, connections and pipes. Those that began before are not seen.
 *
 * @returns what ends it; exchanges under way are still heard to their end.
 */
export function observe(observer: WireObserver): () => void {
  observers = [...observers, observer]
  stop ??= watch()
  if (observer.pipe) stopPipes ??= watchPipes()
  return () => {
    observers = observers.filter((one) => one !== observer)
    if (!observers.some(({ pipe }) => pipe)) {
      stopPipes?.()
      stopPipes = undefined
    }
    if (observers.length > 0) return
    stop?.()
    stop = undefined
  }
}

/** Leaves a server out for good: its connections and its exchanges are seen by nobody. */
export function ignoreServer(server: Server): void {
  ignored.add(server)
}

const current = () => observers

function watch(): () => void {
  return all([
    watchHttpServer(current, ignored),
    watchServerUpgrades(current, ignored),
    watchRefusedRequests(current, ignored),
    watchHttp2Server(current, ignored),
    watchConnections(current, ignored),
    watchHandovers(),
    watchHttpClient(current),
    watchHttp2Client(current),
    watchUndici(current),
  ])
}

/** Apart, because only who asks for pipes should have the app's streams looked at. */
const watchPipes = () => all([watchOwnStdio(current), watchChildStdio(current)])

function all(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop()
  }
}
