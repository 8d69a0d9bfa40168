import type { Layer } from './app.ts'
import { type MountMatch, matchLayer, matchMount, parameterNames } from './layer.ts'

/** Where a router, or another handler, is mounted: in a layer of a router that has a mount point itself. */
export interface MountPoint {
  /** The mount point of the router that `layer` is in; undefined for the router of the outermost app. */
  readonly above?: MountPoint
  /** The layer of a mount, or of a route that has a router as its handler. */
  readonly layer?: Layer
  /** Whether the router that is mounted here adds the parameters of the mounts above to its own. */
  readonly mergeParams: boolean
  /**
   * A stack of layers. If present, only its routes may call a router that is hidden here, so one of them has to match.
   */
  readonly throughRoutesOf?: readonly Layer[]
}

/** Where a route is; a route has several locations where its router is mounted several times. */
export interface RouteLocation {
  readonly mountPoint: MountPoint
  readonly layer: Layer
}

/** A path that matches a location. */
export interface LocationMatch extends MountMatch {
  readonly location: RouteLocation
}

const ROOT: MountMatch = { template: '', matched: '' }

/** Matches the beginning of a path with a mount point, all mounts above it included. */
export function matchMountPoint({ above, layer, throughRoutesOf }: MountPoint, path: string): MountMatch | undefined {
  const outer = above === undefined ? ROOT : matchMountPoint(above, path)
  if (outer === undefined) return undefined
  const match = layer === undefined ? outer : matchBelow(outer, layer, path)
  if (match === undefined || throughRoutesOf === undefined) return match
  const subpath = path.slice(match.matched.length)
  return throughRoutesOf.some((inner) => inner.route !== undefined && matchLayer(inner, subpath)) ? match : undefined
}

function matchBelow(outer: MountMatch, layer: Layer, path: string): MountMatch | undefined {
  const subpath = path.slice(outer.matched.length)
  // A router that is the handler of a route gets the same path as the route.
  if (layer.route !== undefined) return matchLayer(layer, subpath) && outer
  const mount = matchMount(layer, subpath)
  return mount && { template: outer.template + mount.template, matched: outer.matched + mount.matched }
}

/** Matches a whole path with a location. What is returned is about the mounts alone, without the route. */
export function matchLocation(location: RouteLocation, path: string): LocationMatch | undefined {
  const mount = matchMountPoint(location.mountPoint, path)
  return mount && matchLayer(location.layer, path.slice(mount.matched.length)) ? { ...mount, location } : undefined
}

/** Returns the names of the parameters that a request with this path has at a location. */
export function parameterNamesAt({ mountPoint, layer }: RouteLocation, path: string): string[] {
  const matched = matchMountPoint(mountPoint, path)?.matched.length ?? 0
  const own = parameterNames(layer, path.slice(matched))
  const { above } = mountPoint
  return above !== undefined && mountPoint.layer !== undefined && mountPoint.mergeParams
    ? [...own, ...parameterNamesAt({ mountPoint: above, layer: mountPoint.layer }, path)]
    : own
}
