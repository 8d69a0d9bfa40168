import { pathOf } from '../target-path.ts'
import { matchLayer, written } from './mount.ts'
import {
  type App,
  type Layer,
  matchPlace,
  namesOfParameters,
  type Place,
  type Route,
  type RoutePlace,
  type Tree,
} from './tree.ts'

/** How many ways down to a route, from the routers around it, are tried below a function that may call one of them. */
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

/** The end of the way to a route: what is below the router at `from`. */
interface Tail {
  readonly at: RoutePlace
  readonly from: Place
}

/**
 * The template of a request's route, with all that is above it. `tree` is that of the app that got the request first,
 * `own` that of the app that the route is in, where no router of the other leads to it. Undefined where the request
 * may have come on several ways, of different templates.
 */
export function findTemplate(
  request: ExpressRequest,
  status: number,
  tree: Tree,
  own: Tree,
  route: Route,
): string | undefined {
  const places = tree.routes.get(route) ?? []
  // No function of the app calls the app's own router.
  const isHidable = places.length === 0 || places.some(({ place }) => place.above !== undefined)
  const tails = isHidable ? tailsOf(places.length > 0 ? places : (own.routes.get(route) ?? []), tree, own, route) : []
  for (const path of pathsOf(request)) {
    const seen = places.flatMap((at) => wayTo(at, path) ?? [])
    const hidden = tree.handlers.flatMap((handler) => waysBelow(handler, tails, path))
    if (seen.length === 0 && hidden.length === 0) continue
    // With the `baseUrl` of another mount, the route has passed the request on.
    const isPassedOn = !(seen.length > 0 ? seen.some(isOpenTo(request)) : hidden.every(isOpenTo(request)))
    if (isPassedOn) return undefined
    return agreed(possible([...seen, ...hidden], request, status), request, route, path)
  }
  // A middleware and the route may both have changed the path; a route of the app itself is found without.
  return !isHidable && places.length === 1 && !request.baseUrl ? join('', route) : undefined
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
  if (tails.length === 0 || matchPlace(handler, path) === undefined) return []
  return tails.flatMap(({ at, from }) => wayTo({ ...at, place: moved(at.place, from, handler) }, path) ?? [])
}

/** The place as it is where a function calls the router at `from`. */
function moved(place: Place, from: Place, handler: Place): Place {
  if (place === from || place.above === undefined) return { ...handler, mergeParams: place.mergeParams }
  return { ...place, above: moved(place.above, from, handler) }
}

function tailsOf(places: readonly RoutePlace[], tree: Tree, own: Tree, route: Route): Tail[] {
  if (places.length === 0) {
    const layer = tree.layerFor(route)
    return tree.root === undefined || layer === undefined ? [] : [{ at: { place: tree.root, layer }, from: tree.root }]
  }
  const tails: Tail[] = []
  const last = new Set<Layer>()
  for (const at of places) {
    for (let from: Place | undefined = at.place; from !== undefined; from = from.above) {
      const isLast = from === at.place
      // Functions call the app's own router only where they are another app's; without mounts, all tails are the same.
      if (from.above === undefined && tree === own) continue
      if (isLast && last.has(at.layer)) continue
      if (isLast) last.add(at.layer)
      if (tails.length === MAX_TAILS) return []
      tails.push({ at, from })
    }
  }
  return tails
}

/** Whether a request that came this way can have its `baseUrl`: all that the way takes of the path, or the first of it. */
const isOpenTo =
  ({ baseUrl = '' }: ExpressRequest) =>
  ({ matched }: Way): boolean =>
    matched === baseUrl || (matched.startsWith(baseUrl) && matched[baseUrl.length] === '/')

/** The ways that a request can have come: only an error, which shows in the status, leaves less in `baseUrl` than all. */
function possible(ways: readonly Way[], request: ExpressRequest, status: number): readonly Way[] {
  const { baseUrl = '' } = request
  const exact = ways.filter(({ matched }) => matched === baseUrl)
  return exact.length > 0 && status < 400 ? exact : ways.filter(isOpenTo(request))
}

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
