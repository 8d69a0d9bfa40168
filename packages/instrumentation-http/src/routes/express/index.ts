import type { Server } from 'node:http'
import { isNotFound } from '../catch-all.ts'
import type { RouteSource } from '../route-source.ts'
import { type App, isApp, outermostOf } from './app.ts'
import { matchMountPoint, type RouteOccurrence } from './mount-point.ts'
import { type ExpressRequest, findMount, findTemplate } from './search.ts'
import { treeOf } from './tree.ts'

/** How many `baseUrl`s of one route are remembered, and how long they may be, since clients may vary them. */
const MAX_BASE_URLS = 50
const MAX_BASE_URL_LENGTH = 200

/**
 * The templates of routes that occur once in their tree, by `baseUrl`. The keys are the tree's own arrays, so the templates of a
 * tree that is no longer current go with it.
 */
const templates = new WeakMap<readonly RouteOccurrence[], Map<string, string>>()

/** The only Express app among the listeners of a server, and how many listeners the server had at that time. */
const listening = new WeakMap<Server, { readonly count: number; readonly app: App | undefined }>()

/** Returns whether Express has received this request, even if none of its routes matched. */
export const isExpress = (request: object) => (request as ExpressRequest).app !== undefined

/**
 * Reads Express's route from `req.route`. Of the routers above the route, a request has only the raw path (`req.baseUrl`), and not
 * even that after an error has left them. Their templates are found by matching the request's path with the mounts above each
 * occurrence of the route.
 */
export const express: RouteSource = {
  ofRequest(request, status) {
    const { route, app, baseUrl = '' } = request as ExpressRequest
    if (route === undefined || app === undefined || !Array.isArray(route.stack)) return undefined
    if (isNotFound(String(route.path), status)) return undefined

    const outermost = outermostOf(app)
    const tree = treeOf(listenerOf(request) ?? outermost)
    const occurrences = tree.routes.get(route)
    const known = occurrences && status < 400 ? templates.get(occurrences)?.get(baseUrl) : undefined
    if (known !== undefined) return known
    const template = findTemplate(request, status, tree, treeOf(outermost), route)
    if (occurrences !== undefined && template !== undefined && status < 400) remember(occurrences, baseUrl, template)
    return template
  },
}

/** Returns the template of the mount under which Express has passed a request to another framework; empty at the root. */
export function expressMount(request: object): string | undefined {
  const { app, baseUrl = '' } = request as ExpressRequest
  if (app === undefined || baseUrl === '') return ''
  return findMount(request, treeOf(listenerOf(request) ?? outermostOf(app)))
}

/** Remembers a template if `baseUrl` alone shows that the request came to the only occurrence of its route. */
function remember(occurrences: readonly RouteOccurrence[], baseUrl: string, template: string): void {
  const [only, other] = occurrences
  if (only === undefined || other !== undefined || baseUrl.length > MAX_BASE_URL_LENGTH) return
  if (matchMountPoint(only.mountPoint, baseUrl)?.matched !== baseUrl) return
  // If the last mount takes nothing of the path, a failed request to another mount point has this `baseUrl` too.
  const { above } = only.mountPoint
  if (above !== undefined && matchMountPoint(above, baseUrl)?.matched === baseUrl) return
  const known = templates.get(occurrences) ?? new Map()
  if (known.size < MAX_BASE_URLS) templates.set(occurrences, known.set(baseUrl, template))
}

/** Returns the app that receives a server's requests. It is not found if a function of the app's calls it. */
function listenerOf(request: object): App | undefined {
  const server = (request as { socket?: { server?: Server } }).socket?.server
  if (server === undefined) return undefined
  const count = server.listenerCount('request')
  const known = listening.get(server)
  if (known?.count === count) return known.app
  const apps = server.listeners('request').filter(isApp)
  const app = apps.length === 1 ? apps[0] : undefined
  listening.set(server, { count, app })
  return app
}
