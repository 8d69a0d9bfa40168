import { PrivateSlot } from '@agentgateway-otel/wire'
import { prefixOf } from '../removed-prefix.ts'
import { pathOf } from '../target-path.ts'
import { isNotFoundPage, joinTemplates } from '../template.ts'
import { type App, outermostOf, type Route, type Router } from './app.ts'
import type { Entry } from './entries.ts'
import { matchMountPoint, type RouteLocation } from './location.ts'
import { rootRouters } from './root-routers.ts'
import { type ExpressRequest, findMount, findTemplate, type Search } from './search.ts'
import { type RoutingTree, treeOf } from './tree.ts'

/** How many `baseUrl`s are remembered for one route, and how long each may be: they can contain what clients send. */
const MAX_BASE_URLS = 50
const MAX_BASE_URL_LENGTH = 200

/** The templates of a route that has a single location in an app, by `baseUrl`; on the route, so that a request finds them first. */
class RememberedRoute extends PrivateSlot {
  #app: App
  #tree: RoutingTree
  #templates: Map<string, string>

  constructor(route: Route, app: App, tree: RoutingTree) {
    super(route)
    this.#app = app
    this.#tree = tree
    this.#templates = new Map()
  }

  static templateOf(route: Route, app: App, baseUrl: string): string | undefined {
    return #app in route && route.#app === app && route.#tree.isCurrent() ? route.#templates.get(baseUrl) : undefined
  }

  static remember(route: Route, app: App, tree: RoutingTree, baseUrl: string, template: string): void {
    if (!(#app in route)) new RememberedRoute(route, app, tree)
    else if (route.#app !== app || route.#tree !== tree) {
      route.#app = app
      route.#tree = tree
      route.#templates = new Map()
    }
    if (#app in route && route.#templates.size < MAX_BASE_URLS) route.#templates.set(baseUrl, template)
  }
}

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
  /** The app that got the request first; undefined where that is not known. */
  readonly first: App | undefined
  /** How Express got the request, where that was observed. */
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
  { status, target, bases, route, first, entry, called }: RouteDetails,
): string | undefined {
  const { baseUrl = '', url = '' } = request
  const path = entry?.path ?? (first === undefined ? baseUrl + pathOf(url) : undefined)
  // What the app itself took of the path before Express got it is not known.
  const prefix = path === undefined ? '' : prefixOf(pathOf(target), path, bases)
  if (prefix === undefined) return undefined
  // After an error, and below routers, `baseUrl` proves nothing.
  const provenApp = status < 400 && !isBelowRouters(entry) ? first : undefined
  const remembered = provenApp && RememberedRoute.templateOf(route, provenApp, baseUrl)
  if (remembered !== undefined) return joinTemplates(prefix, remembered)
  const outermost = outermostOf(app)
  const search: RouteSearch = { status, route, outermost, entryPath: path, isOutermost: first !== undefined, called }
  const template = isBelowRouters(entry)
    ? commonTemplate(called, (root) => findTemplateIn(root, request, { ...search, isOutermost: false }))
    : findTemplateIn(first ?? outermost, request, search)
  if (template === undefined) return undefined
  if (provenApp !== undefined) remember(route, provenApp, baseUrl, template)
  return joinTemplates(prefix, template)
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
  { app, first, entry, called }: Pick<RouteDetails, 'first' | 'entry' | 'called'> & { readonly app: App },
): string | undefined =>
  isBelowRouters(entry)
    ? commonTemplate(called, (root) => findMount(request, treeOf(root)))
    : findMount(request, treeOf(first ?? outermostOf(app)))

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
  return findTemplate(request, {
    ...search,
    tree: treeOf(root),
    own: treeOf(outermost ?? root),
    hidden: () => rootRouters(called).map(treeOf),
  })
}

/** Remembers a template where `baseUrl` alone proves that a request came to the only location of its route. */
function remember(route: Route, first: App, baseUrl: string, template: string): void {
  const tree = treeOf(first)
  if (provesLocation(tree.locations.get(route), baseUrl))
    RememberedRoute.remember(route, first, tree, baseUrl, template)
}

function provesLocation([location, other]: readonly RouteLocation[] = [], baseUrl: string): boolean {
  if (location === undefined || other !== undefined || baseUrl.length > MAX_BASE_URL_LENGTH) return false
  if (matchMountPoint(location.mountPoint, baseUrl)?.matched !== baseUrl) return false
  // Where the last mount takes nothing of the path, a request that failed elsewhere may have the same `baseUrl`.
  const { above } = location.mountPoint
  return above === undefined || matchMountPoint(above, baseUrl)?.matched !== baseUrl
}
