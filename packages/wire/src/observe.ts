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
import { watchChildOutput } from './stdio/child-output.ts'
import { watchProcessStdio } from './stdio/process.ts'
import { watchUndici } from './undici.ts'

let observers: readonly WireObserver[] = []
let stop: (() => void) | undefined
let stopPipes: (() => void) | undefined
let stopChildren: (() => void) | undefined

/**
 * Adds an observer, to which exchanges, connections, pipes and children are offered that begin from now on.
 *
 * @returns a function that removes the observer; its listeners of open exchanges are still called to their end
 */
export function observe(observer: WireObserver): () => void {
  observers = [...observers, observer]
  stop ??= watch()
  if (observer.pipe) stopPipes ??= watchPipes()
  if (observer.child) stopChildren ??= watchChildOutput(currentObservers)
  return () => {
    observers = observers.filter((other) => other !== observer)
    if (!observers.some(({ pipe }) => pipe)) {
      stopPipes?.()
      stopPipes = undefined
    }
    if (!observers.some(({ child }) => child)) {
      stopChildren?.()
      stopChildren = undefined
    }
    if (observers.length > 0) return
    stop?.()
    stop = undefined
  }
}

const currentObservers = () => observers

function watch(): () => void {
  return combine([
    watchHttpServer(currentObservers),
    watchServerUpgrades(currentObservers),
    watchRefusedRequests(currentObservers),
    watchHttp2Server(currentObservers),
    watchConnections(currentObservers),
    watchHandovers(),
    watchHttpClient(currentObservers),
    watchHttp2Client(currentObservers),
    watchUndici(currentObservers),
  ])
}

/** Pipes are watched separately, so that the app's streams are tapped only if an observer asks for pipes. */
const watchPipes = () => combine([watchProcessStdio(currentObservers), watchChildStdio(currentObservers)])

function combine(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop()
  }
}
