import diagnostics_channel from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { Server, Socket } from 'node:net'
import { sep } from 'node:path'
import { PrivateSlot } from '@agentgateway-otel/wire'
import { observeAssignment } from '../observed-assignment.ts'
import { pathOf } from '../target-path.ts'
import type { App } from './app.ts'
import { observeRouters } from './called-routers.ts'
import { hasOnlyApps } from './server-app.ts'

/** How Express got a request: the app that got it first, the path, and what a router around that app had taken of it. */
export interface Entry {
  readonly app: App
  readonly path: string
  readonly baseUrl: string
}

/** The prototype of all responses of one copy of Express, or an object that inherits it: the app's prototype, or a response. */
interface ExpressResponse {
  readonly app?: App
  readonly req?: { readonly url?: string; readonly baseUrl?: string }
}

class EnteredRequest extends PrivateSlot {
  #entry: Entry

  constructor(request: object, entry: Entry) {
    super(request)
    this.#entry = entry
  }

  static entryOf(request: object): Entry | undefined {
    return #entry in request ? request.#entry : undefined
  }
}

/** Returns how Express got a request; undefined where this was not observed. */
export const entryOf = EnteredRequest.entryOf

/** The module of Express that exports the prototype of its responses. */
const RESPONSE_MODULE = ['', 'express', 'lib', 'response.js'].join(sep)

/** The modules that export the prototype of the routers of Express 4, and the class of those of the package router. */
const ROUTER_MODULES = [
  ['', 'express', 'lib', 'router', 'index.js'].join(sep),
  ['', 'node_modules', 'router', 'index.js'].join(sep),
]

/** The property that the outermost app assigns to each response, with its own prototype, and inner apps leave as it is. */
const LOCALS = 'locals'

/**
 * Observes the copies of Express and of its router that have been loaded, as servers get their first connections. Those that are loaded
 * later, or are in a bundle, are observed once one of their requests has ended. Where an app gets a server's requests directly, its
 * responses are left as they are. Returns a function that stops it.
 */
export function watchEntries(): () => void {
  const servers = new WeakSet<Server>()
  function onSocket(message: unknown): void {
    const { server } = (message as { readonly socket: Socket & { readonly server?: Server } }).socket
    if (server === undefined || servers.has(server)) return
    servers.add(server)
    observeLoaded(hasOnlyApps(server))
  }
  diagnostics_channel.subscribe('net.server.socket', onSocket)
  return () => void diagnostics_channel.unsubscribe('net.server.socket', onSocket)
}

function observeLoaded(isEntryKnown: boolean): void {
  try {
    const { cache } = createRequire(import.meta.url)
    for (const file of Object.keys(cache)) {
      if (!isEntryKnown && file.endsWith(RESPONSE_MODULE)) observeResponses(cache[file]?.exports)
      if (ROUTER_MODULES.some((end) => file.endsWith(end))) observeRoutersOf(cache[file]?.exports)
    }
  } catch {
    // What the app has made of the modules is not known.
  }
}

/** Observes the copy of Express that an app, which has served a request, is of. */
export function observeExpressOf(app: App): void {
  const { response } = app
  observeResponses(response && Object.getPrototypeOf(response))
  const router = app._router ?? app.router
  if (router === undefined) return
  for (let object: object | null = router; object !== null; object = Object.getPrototypeOf(object))
    observeRouters(object)
}

function observeResponses(prototype: unknown): void {
  if (typeof prototype !== 'object' || prototype === null || LOCALS in prototype) return
  observeAssignment(prototype, LOCALS, (response) => {
    const { app, req } = response as ExpressResponse
    if (app === undefined || req?.url === undefined) return
    const { url, baseUrl = '' } = req
    new EnteredRequest(req, { app, path: baseUrl + pathOf(url), baseUrl })
  })
}

/** Observes the routers of a copy, by what its module exports: the prototype of its routers, or their class. */
function observeRoutersOf(Router: unknown): void {
  if (typeof Router === 'function') observeRouters(Object.hasOwn(Router, 'handle') ? Router : Router.prototype)
}
