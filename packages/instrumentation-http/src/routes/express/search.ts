import { pathOf } from '../target-path.ts'
import type { App, Route } from './app.ts'
import { branchesOf, matchBranches } from './hidden-routers.ts'
import { stringifyPath } from './layer.ts'
import { type LocationMatch, matchLocation, matchMountPoint, parameterNamesAt } from './location.ts'
import type { RoutingTree } from './tree.ts'

/** What Express 4 and 5 add to Node's request. */
export interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  /**
   * What the mounts took of the path: all the mounts that the request entered, or fewer where an error left some of
   * them again before it was handled.
   */
  readonly baseUrl?: string
  readonly params?: object
  readonly app?: App
  readonly route?: Route
  /** A function of the router that the request is in. */
  readonly next?: unknown
}

export interface Search {
  readonly status: number
  readonly route: Route
  /** The routing of the app, or of the router, that got the request first. */
  readonly tree: RoutingTree
  /** The routing of the app or of the router that the route is in, where no router in `tree` leads to the route. */
  readonly own: RoutingTree
  /** Returns the routing of the routers that functions have called. */
  readonly hidden: () => readonly RoutingTree[]
  /** The path that this app or router got; by default the one that the client sent. */
  readonly entryPath: string | undefined
  /** Whether this certainly is what got the request first. */
  readonly isOutermost: boolean
}

/**
 * Returns the template of a request's route, with all mounts above it. Undefined where functions may have led the request to
 * the route in several ways that have different templates.
 */
export function findTemplate(
  request: ExpressRequest,
  { status, route, tree, own, hidden, entryPath, isOutermost }: Search,
): string | undefined {
  const locations = tree.locations.get(route) ?? []
  // A route of the app's own router is never behind a function, because no function of an app calls that router.
  const mayBeHidden = locations.length === 0 || locations.some(({ mountPoint }) => mountPoint.above !== undefined)
  const branches = mayBeHidden ? branchesOf(route, tree, [own, ...hidden()]) : []
  const places = own === tree ? tree.functions : tree.functionsAndEnd
  for (const path of pathsOf(request, entryPath)) {
    const visible = locations.flatMap((location) => matchLocation(location, path) ?? [])
    const throughFunctions = places.flatMap((mountPoint) => matchBranches(mountPoint, branches, path))
    if (visible.length === 0 && throughFunctions.length === 0) continue
    // The request has the `baseUrl` of another mount where the route passed it on.
    const isPassedOn = !(visible.length > 0
      ? visible.some(fitsBaseUrl(request))
      : throughFunctions.every(fitsBaseUrl(request)))
    if (isPassedOn) return undefined
    const matches = possibleMatches([...visible, ...throughFunctions], request, status)
    // Express tries mounts in their order, and functions are in none.
    const isInOrder = throughFunctions.every(({ template }) => visible.some((match) => match.template === template))
    const match = findMatch(matches, request, path, isInOrder)
    return match && joinRoute(match.template, route)
  }
  // A middleware and the route may both have changed the path. A route of the app's own router is found without it.
  return isOutermost && !mayBeHidden && locations.length === 1 && !request.baseUrl ? joinRoute('', route) : undefined
}

/**
 * Returns the template of the mount that has the request's `baseUrl`, for a framework that Express passes requests to.
 * Undefined where no mount matches, or mounts with different templates do.
 */
export function findMount(request: ExpressRequest, tree: RoutingTree): string | undefined {
  const { baseUrl = '' } = request
  for (const path of pathsOf(request)) {
    const matches = tree.functions.flatMap((mountPoint) => matchMountPoint(mountPoint, path) ?? [])
    const templates = new Set(matches.filter(({ matched }) => matched === baseUrl).map(({ template }) => template))
    if (templates.size === 1) return [...templates][0]
  }
  return undefined
}

/**
 * Returns the paths by which a request may have been routed: the current one, which a middleware may have rewritten,
 * and then the first one, because the route may have changed the current one since.
 */
function pathsOf(
  { baseUrl = '', url = '', originalUrl = '' }: ExpressRequest,
  first = pathOf(originalUrl),
): Set<string> {
  return new Set([baseUrl + pathOf(url), first])
}

/**
 * Tests whether a match agrees with the request's `baseUrl`, which is what all its mounts took, or the first of them.
 */
const fitsBaseUrl =
  ({ baseUrl = '' }: ExpressRequest) =>
  ({ matched }: LocationMatch): boolean =>
    matched === baseUrl || (matched.startsWith(baseUrl) && matched[baseUrl.length] === '/')

/** Returns the matches that agree with `baseUrl`, which lacks some of the mounts only after an error. */
function possibleMatches(
  matches: readonly LocationMatch[],
  request: ExpressRequest,
  status: number,
): readonly LocationMatch[] {
  const { baseUrl = '' } = request
  const exact = matches.filter(({ matched }) => matched === baseUrl)
  return exact.length > 0 && status < 400 ? exact : matches.filter(fitsBaseUrl(request))
}

/**
 * Returns the match that a request came by: any one if all have the same template, or else one of those whose parameters the request
 * has, and the first one of several of them if they are in the order in which Express tries them.
 */
function findMatch(
  matches: readonly LocationMatch[],
  request: ExpressRequest,
  path: string,
  isInOrder: boolean,
): LocationMatch | undefined {
  const [first] = matches
  if (first === undefined || matches.every(({ template }) => template === first.template)) return first
  const names = toComparable(Object.keys(request.params ?? {}))
  const withSameNames = matches.filter(({ location }) => toComparable(parameterNamesAt(location, path)) === names)
  if (withSameNames.length < matches.length) return findMatch(withSameNames, request, path, isInOrder)
  return isInOrder ? first : undefined
}

const toComparable = (names: readonly string[]) => JSON.stringify([...new Set(names)].sort())

/** Returns the template of a route below its mounts, which is `/` only at the root. */
const joinRoute = (mounts: string, { path }: Route) => mounts + stringifyPath(path) || '/'
