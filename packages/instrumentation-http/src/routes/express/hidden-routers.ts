import type { Layer, Route } from './app.ts'
import { type LocationMatch, type MountPoint, matchLocation, matchMountPoint, type RouteLocation } from './location.ts'
import type { RoutingTree } from './tree.ts'

/** How many branches are tried below each function that may call a router. */
const MAX_BRANCHES = 20

/** The part of a location from one router downwards: what a function adds to its own path by calling that router. */
export interface Branch {
  readonly location: RouteLocation
  /** The mount point of the router: that of the location, or one above it. */
  readonly from: MountPoint
}

/**
 * Returns the branches on which a function may lead to a route; none if they are too many.
 *
 * @param tree the routing of the app or router that got the request first
 * @param others the routing of apps and routers that its functions may call; `tree` may be among them
 */
export function branchesOf(route: Route, tree: RoutingTree, others: readonly RoutingTree[]): readonly Branch[] {
  const branches: Branch[] = []
  const withoutMounts = new Set<Layer>()
  for (const each of new Set([tree, ...others])) {
    for (const location of each.locations.get(route) ?? []) {
      for (let from: MountPoint | undefined = location.mountPoint; from !== undefined; from = from.above) {
        // A function of an app or a router does not call that one itself.
        if (from.above === undefined && each === tree) continue
        // A branch that starts at the route's own router has no mounts, so it is the same for every location.
        if (from === location.mountPoint) {
          if (withoutMounts.has(location.layer)) continue
          withoutMounts.add(location.layer)
        }
        if (branches.length === MAX_BRANCHES) return []
        branches.push({ location, from })
      }
    }
  }
  if (branches.length > 0) return branches
  const layer = tree.layerFor(route)
  return tree.root === undefined || layer === undefined
    ? []
    : [{ location: { mountPoint: tree.root, layer }, from: tree.root }]
}

/** Matches a path with each branch, as if the function called the router that the branch starts at. */
export function matchBranches(functionAt: MountPoint, branches: readonly Branch[], path: string): LocationMatch[] {
  if (branches.length === 0 || matchMountPoint(functionAt, path) === undefined) return []
  return branches.flatMap(
    ({ location, from }) =>
      matchLocation({ ...location, mountPoint: graft(location.mountPoint, from, functionAt) }, path) ?? [],
  )
}

/** Returns a mount point as it is where the function calls the router at `from`. */
function graft(mountPoint: MountPoint, from: MountPoint, functionAt: MountPoint): MountPoint {
  if (mountPoint === from || mountPoint.above === undefined) {
    return { ...functionAt, mergeParams: mountPoint.mergeParams }
  }
  return { ...mountPoint, above: graft(mountPoint.above, from, functionAt) }
}
