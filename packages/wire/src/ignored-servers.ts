import type { Server } from 'node:net'

/**
 * The key of servers that are not observed. All copies of this package in a process know it: the preload serves its
 * metrics, and instrumentations in an SDK of the app's own, which are another copy, must not count that.
 */
const IGNORED = Symbol.for('agentgateway-otel.ignored')

/** Excludes a server from observation for good: no observer is offered its connections and exchanges. */
export function ignoreServer(server: Server): void {
  Object.defineProperty(server, IGNORED, { value: true })
}

export const isIgnored = (server: object): boolean => IGNORED in server
