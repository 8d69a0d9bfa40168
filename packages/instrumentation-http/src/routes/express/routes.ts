import type { Server } from 'node:http'
import { prefixOf } from '../removed-prefix.ts'
import { pathOf } from '../target-path.ts'
import { isNotFoundPage } from '../template.ts'
import { type App, isApp, outermostOf, type Route } from './app.ts'
import type { Entry } from './entries.ts'
import { matchMountPoint, type RouteLocation } from './location.ts'
import { type ExpressRequest, findMount, findTemplate } from './search.ts'
import { treeOf } from './tree.ts'

export { findChainTemplate } from './layer-chain.ts'

/** How many `baseUrl`s are remembered for one route, and how long each may be: they can contain what clients send. */
const MAX_BASE_URLS = 50
const MAX_BASE_URL_LENGTH = 200

/**
 * The templates of routes that have a single location, by `baseUrl`. The key is an array of the tree, and dies with it.
 */
const templates = new WeakMap<readonly RouteLocation[], Map<string, string>>()

/** The only Express app among the `request` listeners of a server, for as long as it has that many listeners. */
const serverApps = new WeakMap<Server, { readonly listenerCount: number; readonly app: App | undefined }>()

/** What is known of a request that a route of Express served. */
interface RouteDetails {
  readonly status: number
  /** The request's target as the client sent it. */
  readonly target: string
  /** The app that the request was in last. */
  readonly app: App
  readonly route: Route
  readonly entry: Entry | undefined
}

/**
 * Returns the route that served a request. `req.route` is the route, but a request has no trace of the routers above it
 * besides the path that they took (`req.baseUrl`), and less than that after an error. The templates of these mounts are
 * found by matching the request's path with all locations of the route.
 */
export function findExpressRoute(
  request: object,
  { status, target, app, route, entry }: RouteDetails,
): string | undefined {
  const { baseUrl = '', url = '' } = request as ExpressRequest
  if (!Array.isArray(route.stack) || isNotFoundPage(String(route.path), status)) return undefined

  const outermost = outermostOf(app)
  const known = entry?.app ?? serverAppOf(request)
  // What another router, or the app, took of the path before Express got it is not known.
  if (entry !== undefined && entry.baseUrl !== '') return undefined
  const path = entry?.path ?? (known === undefined ? baseUrl + pathOf(url) : undefined)
  if (path !== undefined && prefixOf(pathOf(target), path) === undefined) return undefined

  const first = known ?? outermost
  const tree = treeOf(first)
  const locations = tree.locations.get(route)
  const remembered = locations && status < 400 ? templates.get(locations)?.get(baseUrl) : undefined
  if (remembered !== undefined) return remembered
  const own = first === outermost ? tree : treeOf(outermost)
  const template = findTemplate(request, {
    status,
    route,
    tree,
    own,
    entryPath: path,
    isOutermost: known !== undefined,
  })
  if (locations !== undefined && template !== undefined && status < 400) remember(locations, baseUrl, template)
  return template
}

/** Returns the template of the mount through which an app passed a request on; undefined where it is unknown. */
export const findMountTemplate = (request: object, app: App, entry: Entry | undefined): string | undefined =>
  entry !== undefined && entry.baseUrl !== ''
    ? undefined
    : findMount(request, treeOf(entry?.app ?? serverAppOf(request) ?? outermostOf(app)))

/** Remembers a template where `baseUrl` alone proves that a request came to the only location of its route. */
function remember(locations: readonly RouteLocation[], baseUrl: string, template: string): void {
  const [location, other] = locations
  if (location === undefined || other !== undefined || baseUrl.length > MAX_BASE_URL_LENGTH) return
  if (matchMountPoint(location.mountPoint, baseUrl)?.matched !== baseUrl) return
  // Where the last mount takes nothing of the path, a request that failed elsewhere may have the same `baseUrl`.
  const { above } = location.mountPoint
  if (above !== undefined && matchMountPoint(above, baseUrl)?.matched === baseUrl) return
  const known = templates.get(locations) ?? new Map()
  if (known.size < MAX_BASE_URLS) templates.set(locations, known.set(baseUrl, template))
}

/** Returns the app that listens to the server of a request; undefined where a function does, or several apps do. */
function serverAppOf(request: object): App | undefined {
  const server = (request as { socket?: { server?: Server } }).socket?.server
  if (server === undefined) return undefined
  const listenerCount = server.listenerCount('request')
  const known = serverApps.get(server)
  if (known?.listenerCount === listenerCount) return known.app
  const apps = server.listeners('request').filter(isApp)
  const app = apps.length === 1 ? apps[0] : undefined
  serverApps.set(server, { listenerCount, app })
  return app
}
