import type { Server } from 'node:net'
import { type App, isApp } from './app.ts'

/** The only Express app among the `request` listeners of a server, for as long as it has that many listeners. */
const serverApps = new WeakMap<Server, { readonly listenerCount: number; readonly app: App | undefined }>()

/** Returns the app that listens to the server of a request; undefined where a function does, or several apps do. */
export function serverAppOf(request: object): App | undefined {
  const server = (request as { socket?: { server?: Server } }).socket?.server
  if (server === undefined) return undefined
  const listenerCount = server.listenerCount('request')
  const known = serverApps.get(server)
  if (known?.listenerCount === listenerCount) return known.app
  const apps = appsOf(server)
  const app = apps.length === 1 ? apps[0] : undefined
  serverApps.set(server, { listenerCount, app })
  return app
}

/** Returns whether apps of Express get the requests of a server directly, without a function. */
export function hasOnlyApps(server: Server): boolean {
  const apps = appsOf(server)
  return apps.length > 0 && apps.length === server.listenerCount('request')
}

const appsOf = (server: Server) => server.listeners('request').filter(isApp)
