import type { Server } from 'node:http'
import { prefixOf } from '../removed-prefix.ts'
import { pathOf } from '../target-path.ts'
import { isNotFoundPage, joinTemplates } from '../template.ts'
import { type App, isApp, outermostOf, type Route, type Router } from './app.ts'
import type { Entry } from './entries.ts'
import { matchMountPoint, type RouteLocation } from './location.ts'
import { rootRouters } from './root-routers.ts'
import { type ExpressRequest, findMount, findTemplate, type Search } from './search.ts'
import { treeOf } from './tree.ts'

/** How many `baseUrl`s are remembered for one route, and how long each may be: they can contain what clients send. */
const MAX_BASE_URLS = 50
const MAX_BASE_URL_LENGTH = 200

/**
 * The templates of routes that have a single location, by `baseUrl`. The key is an array of the tree, and dies with it.
 */
const templates = new WeakMap<readonly RouteLocation[], Map<string, string>>()

/** The only Express app among the `request` listeners of a server, for as long as it has that many listeners. */
const serverApps = new WeakMap<Server, { readonly listenerCount: number; readonly app: App | undefined }>()

type CalledRouters = readonly WeakRef<Router>[]

/** What is known of a request that a route of Express, or of its router alone, served. */
interface RouteDetails {
  readonly status: number
  /** The request's target as the client sent it. */
  readonly target: string
  /** The prefixes that frameworks have removed from paths so far, as the app wrote them. */
  readonly bases: ReadonlySet<string>
  /** The app that the request was in last; undefined where no app got it. */
  readonly app: App | undefined
  readonly route: Route
  readonly entry: Entry | undefined
  /** The routers that have been called so far. */
  readonly called: CalledRouters
}

/**
 * Returns the route that served a request. `req.route` is the route, but a request has no trace of the routers above it
 * besides the path that they took (`req.baseUrl`), and less than that after an error. The templates of these mounts are
 * found by matching the request's path with all locations of the route.
 */
export function findExpressRoute(request: object, details: RouteDetails): string | undefined {
  const { app, route, status } = details
  if (isNotFoundPage(String(route.path), status)) return undefined
  return app === undefined ? findRouteOfRouters(request, details) : findRouteOfApp(request, app, details)
}

function findRouteOfApp(
  request: ExpressRequest,
  app: App,
  { status, target, bases, route, entry, called }: RouteDetails,
): string | undefined {
  const { baseUrl = '', url = '' } = request
  const known = entry?.app ?? serverAppOf(request)
  const path = entry?.path ?? (known === undefined ? baseUrl + pathOf(url) : undefined)
  // What the app itself took of the path before Express got it is not known.
  const prefix = path === undefined ? '' : prefixOf(pathOf(target), path, bases)
  if (prefix === undefined) return undefined
  const outermost = outermostOf(app)
  const search: RouteSearch = { status, route, outermost, entryPath: path, isOutermost: known !== undefined, called }
  const template = isBelowRouters(entry)
    ? commonTemplate(called, (root) => findTemplateIn(root, request, { ...search, isOutermost: false }))
    : findTemplateIn(known ?? outermost, request, search)
  return template && joinTemplates(prefix, template)
}

function findRouteOfRouters(
  request: ExpressRequest,
  { status, target, bases, route, called }: RouteDetails,
): string | undefined {
  const { baseUrl = '', url = '', next } = request
  // A router that has passed a request on takes its function `next` off the request, and the app then responds with 404.
  if (status === 404 && next === undefined) return undefined
  const path = baseUrl + pathOf(url)
  const prefix = prefixOf(pathOf(target), path, bases)
  if (prefix === undefined || (prefix === '' && isCut(pathOf(target), baseUrl, pathOf(url)))) return undefined
  const search = { status, route, outermost: undefined, entryPath: path, isOutermost: false, called }
  const template = commonTemplate(called, (root) => findTemplateIn(root, request, search))
  return template && joinTemplates(prefix, template)
}

/** Returns whether a function below the mounts removed a prefix from the rest of the path. */
const isCut = (path: string, baseUrl: string, rest: string) =>
  path.startsWith(baseUrl) && prefixOf(path.slice(baseUrl.length) || '/', rest) === undefined

/** Returns the template of the mount through which an app passed a request on; undefined where it is unknown. */
export const findMountTemplate = (
  request: object,
  { app, entry, called }: Pick<RouteDetails, 'entry' | 'called'> & { readonly app: App },
): string | undefined =>
  isBelowRouters(entry)
    ? commonTemplate(called, (root) => findMount(request, treeOf(root)))
    : findMount(request, treeOf(entry?.app ?? serverAppOf(request) ?? outermostOf(app)))

/** Returns whether routers that no app has took something of the path before the first app got the request. */
const isBelowRouters = (entry: Entry | undefined) => entry !== undefined && entry.baseUrl !== ''

/** Returns the only template that is found in the routers that no app has; undefined where none is, or several are. */
function commonTemplate(called: CalledRouters, find: (root: Router) => string | undefined): string | undefined {
  const [template, other] = new Set(rootRouters(called).flatMap((root) => find(root) ?? []))
  return other === undefined ? template : undefined
}

interface RouteSearch extends Omit<Search, 'tree' | 'own' | 'hidden'> {
  readonly outermost: App | undefined
  readonly called: CalledRouters
}

/** Returns the template of a route if the request came to it through this app or router. */
function findTemplateIn(
  root: App | Router,
  request: object,
  { outermost, called, ...search }: RouteSearch,
): string | undefined {
  const { baseUrl = '' } = request as ExpressRequest
  const { route, status } = search
  const tree = treeOf(root)
  const locations = tree.locations.get(route)
  const remembered = locations && status < 400 ? templates.get(locations)?.get(baseUrl) : undefined
  if (remembered !== undefined) return remembered
  const template = findTemplate(request, {
    ...search,
    tree,
    own: outermost === undefined || outermost === root ? tree : treeOf(outermost),
    hidden: () => rootRouters(called).map(treeOf),
  })
  if (locations !== undefined && template !== undefined && status < 400) remember(locations, baseUrl, template)
  return template
}
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
