import { matchLayer, written } from './express-mount.ts'
import {
  type App,
  type Layer,
  matchPlace,
  namesOfParameters,
  type Place,
  type Route,
  type RoutePlace,
  type Tree,
} from './express-tree.ts'

/** How many ways from any of the routers around a route down to it are tried below a handler that hides a router. */
const MAX_TAILS = 20

/** What Express 4 and 5 add to a request. */
export interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  /**
   * What the mounts above took of the path: of all that were entered, or of fewer where an error has left some of them
   * again before it was handled.
   */
  readonly baseUrl?: string
  readonly params?: object
  readonly app?: App
  readonly route?: Route
}

/** A way on which a request may have come to its route. */
interface Way {
  readonly template: string
  readonly matched: string
  readonly at: RoutePlace
}

/** What is left of a way when its beginning is left out: the mounts below `from`, and the route. */
interface Tail {
  readonly at: RoutePlace
  readonly from: Place
}

/**
 * The template of a request's route, with all that is above it. `tree` is that of the app that got the request first,
 * `own` that of the app that the route is in, where no router of the other leads to it. Undefined where the request's
 * path does not tell one place of the route from another of a different template.
 */
export function findTemplate(request: ExpressRequest, tree: Tree, own: Tree, route: Route): string | undefined {
  const places = tree.routes.get(route) ?? []
  for (const path of pathsOf(request)) {
    const ways = places.flatMap((at) => wayTo(at, path) ?? [])
    if (ways.length === 0) continue
    // With the `baseUrl` of another mount, the route has passed the request on.
    return agreed(
      ways.filter((way) => isOpenTo(request, way)),
      request,
      route,
      path,
    )
  }
  // A middleware and the route may both have changed the path; a route of the app itself is found without.
  if (places.length === 1 && places[0]?.place.above === undefined && !request.baseUrl) return join('', route)

  // No router leads to the route, so a function of the app has called the one that it is in.
  const tails = tailsOf(places.length > 0 ? places : (own.routes.get(route) ?? []), tree, own, route)
  for (const path of pathsOf(request)) {
    const ways = tree.handlers.flatMap((handler) => waysBelow(handler, tails, path))
    if (ways.length === 0) continue
    return ways.every((way) => isOpenTo(request, way)) ? agreed(ways, request, route, path) : undefined
  }
  return undefined
}

/** The template of what a handler at this request's `baseUrl` is mounted at; for frameworks that run inside of Express. */
export function findMount(request: ExpressRequest, tree: Tree): string | undefined {
  const { baseUrl = '' } = request
  for (const path of pathsOf(request)) {
    const mounts = tree.handlers.flatMap((handler) => matchPlace(handler, path) ?? [])
    const templates = new Set(mounts.filter(({ matched }) => matched === baseUrl).map(({ template }) => template))
    if (templates.size === 1) return [...templates][0]
  }
  return undefined
}

/** What was routed, whatever a middleware made of the URL; and what the client sent, as a route may change the URL later. */
function pathsOf({ baseUrl = '', url = '', originalUrl = '' }: ExpressRequest): Set<string> {
  return new Set([baseUrl + pathOf(url), pathOf(originalUrl)])
}

function wayTo(at: RoutePlace, path: string): Way | undefined {
  const mount = matchPlace(at.place, path)
  return mount && matchLayer(at.layer, path.slice(mount.matched.length)) ? { ...mount, at } : undefined
}

function waysBelow(handler: Place, tails: readonly Tail[], path: string): Way[] {
  const above = matchPlace(handler, path)
  if (above === undefined) return []
  const rest = path.slice(above.matched.length)
  return tails.flatMap(({ at, from }) => {
    const below = matchPlace(at.place, rest, from)
    if (below === undefined || !matchLayer(at.layer, rest.slice(below.matched.length))) return []
    return { template: above.template + below.template, matched: above.matched + below.matched, at }
  })
}

function tailsOf(places: readonly RoutePlace[], tree: Tree, own: Tree, route: Route): Tail[] {
  if (places.length === 0) {
    const [place] = tree.handlers
    const layer = tree.layerFor(route)
    return place === undefined || layer === undefined ? [] : [{ at: { place, layer }, from: place }]
  }
  const tails: Tail[] = []
  const last = new Set<Layer>()
  for (const at of places) {
    for (let from: Place | undefined = at.place; from !== undefined; from = from.above) {
      const isLast = from === at.place
      // The whole way is new only in the tree of another app; the route without its mounts is the same at all places.
      if (isLast ? last.has(at.layer) : from.above === undefined && tree === own) continue
      if (isLast) last.add(at.layer)
      if (tails.length === MAX_TAILS) return []
      tails.push({ at, from })
    }
  }
  return tails
}

/** Whether a request that came this way can have its `baseUrl`: all that the way takes of the path, or the first of it. */
const isOpenTo = ({ baseUrl = '' }: ExpressRequest, { matched }: Way): boolean =>
  matched === baseUrl || (matched.startsWith(baseUrl) && matched[baseUrl.length] === '/')

/** The template of all these ways; else of those that give the request the parameters that it has. */
function agreed(ways: readonly Way[], request: ExpressRequest, route: Route, path: string): string | undefined {
  const [template, ...others] = new Set(ways.map(({ template }) => template))
  if (template === undefined) return undefined
  if (others.length === 0) return join(template, route)
  const names = sorted(Object.keys(request.params ?? {}))
  const fitting = ways.filter(({ at }) => sorted(namesOfParameters(at, path)) === names)
  return fitting.length < ways.length ? agreed(fitting, request, route, path) : undefined
}

const sorted = (names: readonly string[]) => JSON.stringify([...new Set(names)].sort())

/** `/` stands only at the root. */
const join = (above: string, { path }: Route) => above + written(path) || '/'

/** The path of a request's target, which may be absolute. */
function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/, '')
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}
