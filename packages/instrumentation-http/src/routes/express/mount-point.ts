import type { Layer } from './app.ts'
import { type Mount, matchLayer, mountTemplate, parameterNames } from './mount.ts'

/** Where a router or another handler is mounted: in a layer of a router that has a mount point itself. */
export interface MountPoint {
  /** The mount point of the router above; undefined for the router of the outermost app. */
  readonly above?: MountPoint
  /** The layer that holds the handler. It is a route's layer if a router is the handler of a route. */
  readonly layer?: Layer
  /** Whether the router here adds the parameters of the mounts above to its own. */
  readonly mergeParams: boolean
  /** If only the routes of this stack can have called a router that is not seen, one of them has to match as well. */
  readonly throughRoutesOf?: readonly Layer[]
}

/** One occurrence of a route. A router that is mounted several times has each of its routes at several mount points. */
export interface RouteOccurrence {
  readonly mountPoint: MountPoint
  readonly layer: Layer
}

/** Returns the part of a path that the mounts down to this mount point take, and its template; undefined if one does not match. */
export function matchMountPoint({ above, layer, throughRoutesOf }: MountPoint, path: string): Mount | undefined {
  const outer = above === undefined ? ROOT : matchMountPoint(above, path)
  if (outer === undefined) return undefined
  const match = layer === undefined ? outer : matchMount(outer, layer, path)
  if (match === undefined || throughRoutesOf === undefined) return match
  const rest = path.slice(match.matched.length)
  return throughRoutesOf.some((inner) => inner.route !== undefined && matchLayer(inner, rest)) ? match : undefined
}

function matchMount(outer: Mount, layer: Layer, path: string): Mount | undefined {
  const rest = path.slice(outer.matched.length)
  // A route removes nothing from the path that a router which is its handler gets.
  if (layer.route !== undefined) return matchLayer(layer, rest) && outer
  const mount = mountTemplate(layer, rest)
  return mount && { template: outer.template + mount.template, matched: outer.matched + mount.matched }
}

/** Returns the names of the parameters that a request with this path has at an occurrence of a route. */
export function namesOfParameters({ mountPoint, layer }: RouteOccurrence, path: string): string[] {
  const matched = matchMountPoint(mountPoint, path)?.matched.length ?? 0
  const own = parameterNames(layer, path.slice(matched))
  const { above } = mountPoint
  return above !== undefined && mountPoint.layer !== undefined && mountPoint.mergeParams
    ? [...own, ...namesOfParameters({ mountPoint: above, layer: mountPoint.layer }, path)]
    : own
}

const ROOT: Mount = { template: '', matched: '' }
