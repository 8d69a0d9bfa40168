import diagnostics_channel from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import type { Server, Socket } from 'node:net'
import { sep } from 'node:path'
import { PrivateSlot } from '@agentgateway-otel/wire'
import { observeAssignment } from '../observed-assignment.ts'
import { pathOf } from '../target-path.ts'
import type { App } from './app.ts'

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

/** The property that the outermost app assigns to each response, with its own prototype, and inner apps leave as it is. */
const LOCALS = 'locals'

/**
 * Observes the copies of Express that have been loaded, as servers get their first connections. Those that are loaded later, or are in
 * a bundle, are observed once one of their requests has ended. Returns a function that stops it.
 */
export function watchEntries(): () => void {
  const servers = new WeakSet<Server>()
  function onSocket(message: unknown): void {
    const { server } = (message as { readonly socket: Socket & { readonly server?: Server } }).socket
    if (server === undefined || servers.has(server)) return
    servers.add(server)
    observeLoaded()
  }
  diagnostics_channel.subscribe('net.server.socket', onSocket)
  return () => void diagnostics_channel.unsubscribe('net.server.socket', onSocket)
}

function observeLoaded(): void {
  try {
    const { cache } = createRequire(import.meta.url)
    for (const file of Object.keys(cache)) {
      const response: unknown = file.endsWith(RESPONSE_MODULE) && cache[file]?.exports
      if (typeof response === 'object' && response !== null) observe(response)
    }
  } catch {
    // What the app has made of the modules is not known.
  }
}

/** Observes the copy of Express that an app is of. */
export function observeExpressOf({ response }: App): void {
  const prototype = response && Object.getPrototypeOf(response)
  if (typeof prototype === 'object' && prototype !== null) observe(prototype)
}

function observe(prototype: object): void {
  if (LOCALS in prototype) return
  observeAssignment(prototype, LOCALS, (response) => {
    const { app, req } = response as ExpressResponse
    if (app === undefined || req?.url === undefined) return
    const { url, baseUrl = '' } = req
    new EnteredRequest(req, { app, path: baseUrl + pathOf(url), baseUrl })
  })
}
