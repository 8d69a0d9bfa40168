import { pathOf } from '../target-path.ts'
import type { App, Layer, Route } from './app.ts'
import { matchLayer, written } from './mount.ts'
import { type MountPoint, matchMountPoint, namesOfParameters, type RouteOccurrence } from './mount-point.ts'
import type { RoutingTree } from './tree.ts'

/** How many suffixes of a route are tried below the functions that may call one of the routers above it. */
const MAX_SUFFIXES = 20

/** The members that Express 4 and 5 add to a request. */
export interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  /**
   * The part of the path that the mounts above took. It lacks the last ones if an error left them before it was handled.
   */
  readonly baseUrl?: string
  readonly params?: object
  readonly app?: App
  readonly route?: Route
}

/** An occurrence of a route at which a request may have arrived. */
interface Candidate {
  /** The template of the mounts above the route. */
  readonly template: string
  /** The part of the path that these mounts take. */
  readonly matched: string
  readonly occurrence: RouteOccurrence
}

/** The part of an occurrence's mounts that is below one router. A function of the app may call that router somewhere else. */
interface Suffix {
  readonly occurrence: RouteOccurrence
  /** The mount point of the router. */
  readonly from: MountPoint
}

/**
 * Returns the template of a request's route with those of the mounts above it; undefined if the request may have arrived at several
 * occurrences that have different templates.
 *
 * @param tree the routing tree of the app that received the request
 * @param own the tree of the app that has the route, for the case that the route does not occur in `tree`
 */
export function findTemplate(
  request: ExpressRequest,
  status: number,
  tree: RoutingTree,
  own: RoutingTree,
  route: Route,
): string | undefined {
  const occurrences = tree.routes.get(route) ?? []
  // A route whose occurrences are all in the app's own router cannot be behind a function, since no function calls that router.
  const mayBeBehindFunction =
    occurrences.length === 0 || occurrences.some(({ mountPoint }) => mountPoint.above !== undefined)
  const suffixes = mayBeBehindFunction
    ? suffixesOf(occurrences.length > 0 ? occurrences : (own.routes.get(route) ?? []), tree, own, route)
    : []
  for (const path of pathsOf(request)) {
    const visible = occurrences.flatMap((occurrence) => candidateAt(occurrence, path) ?? [])
    const hidden = tree.handlers.flatMap((handler) => candidatesBelow(handler, suffixes, path))
    if (visible.length === 0 && hidden.length === 0) continue
    // If `baseUrl` is that of another mount, the route has passed the request on.
    const isPassedOn = !(visible.length > 0 ? visible.some(fitsBaseUrl(request)) : hidden.every(fitsBaseUrl(request)))
    if (isPassedOn) return undefined
    return commonTemplate(fittingCandidates([...visible, ...hidden], request, status), request, route, path)
  }
  // A middleware and the route may both have changed the path. A route in the app's own router is found without the path.
  return !mayBeBehindFunction && occurrences.length === 1 && !request.baseUrl ? join('', route) : undefined
}

/** Returns the template of the mount at this request's `baseUrl`, for a framework that runs inside Express. */
export function findMount(request: ExpressRequest, tree: RoutingTree): string | undefined {
  const { baseUrl = '' } = request
  for (const path of pathsOf(request)) {
    const mounts = tree.handlers.flatMap((handler) => matchMountPoint(handler, path) ?? [])
    const templates = new Set(mounts.filter(({ matched }) => matched === baseUrl).map(({ template }) => template))
    if (templates.size === 1) return [...templates][0]
  }
  return undefined
}

/**
 * Returns the path as it was routed, which a middleware may have changed, and the path as the client sent it, since a route may
 * change the URL later.
 */
function pathsOf({ baseUrl = '', url = '', originalUrl = '' }: ExpressRequest): Set<string> {
  return new Set([baseUrl + pathOf(url), pathOf(originalUrl)])
}

function candidateAt(occurrence: RouteOccurrence, path: string): Candidate | undefined {
  const mount = matchMountPoint(occurrence.mountPoint, path)
  return mount && matchLayer(occurrence.layer, path.slice(mount.matched.length)) ? { ...mount, occurrence } : undefined
}

function candidatesBelow(handler: MountPoint, suffixes: readonly Suffix[], path: string): Candidate[] {
  if (suffixes.length === 0 || matchMountPoint(handler, path) === undefined) return []
  return suffixes.flatMap(
    ({ occurrence, from }) =>
      candidateAt({ ...occurrence, mountPoint: moveBelow(occurrence.mountPoint, from, handler) }, path) ?? [],
  )
}

/** Returns a mount point as it is below the function at `handler`, if that calls the router at `from`. */
function moveBelow(mountPoint: MountPoint, from: MountPoint, handler: MountPoint): MountPoint {
  if (mountPoint === from || mountPoint.above === undefined) return { ...handler, mergeParams: mountPoint.mergeParams }
  return { ...mountPoint, above: moveBelow(mountPoint.above, from, handler) }
}

function suffixesOf(
  occurrences: readonly RouteOccurrence[],
  tree: RoutingTree,
  own: RoutingTree,
  route: Route,
): Suffix[] {
  if (occurrences.length === 0) {
    const layer = tree.layerFor(route)
    return tree.root === undefined || layer === undefined
      ? []
      : [{ occurrence: { mountPoint: tree.root, layer }, from: tree.root }]
  }
  const suffixes: Suffix[] = []
  const last = new Set<Layer>()
  for (const occurrence of occurrences) {
    for (let from: MountPoint | undefined = occurrence.mountPoint; from !== undefined; from = from.above) {
      const isLast = from === occurrence.mountPoint
      // Only a function of another app calls the app's own router. Without mounts, all suffixes are the same.
      if (from.above === undefined && tree === own) continue
      if (isLast && last.has(occurrence.layer)) continue
      if (isLast) last.add(occurrence.layer)
      if (suffixes.length === MAX_SUFFIXES) return []
      suffixes.push({ occurrence, from })
    }
  }
  return suffixes
}

/** Returns whether a request that arrived at a candidate can have its `baseUrl`: what the mounts take of the path, or the first part of that. */
const fitsBaseUrl =
  ({ baseUrl = '' }: ExpressRequest) =>
  ({ matched }: Candidate): boolean =>
    matched === baseUrl || (matched.startsWith(baseUrl) && matched[baseUrl.length] === '/')

/**
 * Returns the candidates that fit a request's `baseUrl`. That is shorter than the part of the path that the mounts take only after an
 * error, which the status shows.
 */
function fittingCandidates(
  candidates: readonly Candidate[],
  request: ExpressRequest,
  status: number,
): readonly Candidate[] {
  const { baseUrl = '' } = request
  const exact = candidates.filter(({ matched }) => matched === baseUrl)
  return exact.length > 0 && status < 400 ? exact : candidates.filter(fitsBaseUrl(request))
}

/** Returns the template that all candidates have, or else that of the candidates whose parameters the request has. */
function commonTemplate(
  candidates: readonly Candidate[],
  request: ExpressRequest,
  route: Route,
  path: string,
): string | undefined {
  const [template, ...others] = new Set(candidates.map(({ template }) => template))
  if (template === undefined) return undefined
  if (others.length === 0) return join(template, route)
  const names = sorted(Object.keys(request.params ?? {}))
  const fitting = candidates.filter(({ occurrence }) => sorted(namesOfParameters(occurrence, path)) === names)
  return fitting.length < candidates.length ? commonTemplate(fitting, request, route, path) : undefined
}

const sorted = (names: readonly string[]) => JSON.stringify([...new Set(names)].sort())

/** Joins templates. A route `/` adds nothing, except at the root. */
const join = (above: string, { path }: Route) => above + written(path) || '/'
