import {
  type App,
  childrenAt,
  childrenOf,
  type Handler,
  isApp,
  isErrorHandler,
  isFunctionAtRoot,
  type Layer,
  MAX_DEPTH,
  markServed,
  NO_APPS,
  type Route,
  type Router,
  routerOf,
} from './app.ts'
import { isAtRoot, patternOf, stringifyPath } from './layer.ts'
import type { MountPoint, RouteLocation } from './location.ts'

/** How many locations of routes one tree may have; routes beyond it are not found. */
const MAX_LOCATIONS = 10_000

/** How many locations one route may have. */
const MAX_LOCATIONS_OF_ROUTE = 50

/** How many mount points of functions one tree may have. */
const MAX_FUNCTIONS = 1000

/** How many layers for routes in hidden routers are kept, by the routes' paths. */
const MAX_LAYERS = 200

const trees = new WeakMap<App | Router, RoutingTree>()

/** The routers that apps have of their own, or that other routers have. */
const parts = new WeakSet<Router>()

/**
 * Layers for routes in hidden routers, by the function that created them: each copy of Express has its own path syntax.
 */
const layers = new WeakMap<object, Map<string, Layer>>()

/** Returns the present routing of an app, or of a router, that has got a request; it may mount and remove routers at any time. */
export function treeOf(root: App | Router): RoutingTree {
  if (isApp(root)) markServed(root)
  const known = trees.get(root)
  if (known?.isCurrent()) return known
  const tree = new RoutingTree(root)
  trees.set(root, tree)
  return tree
}

/** Returns whether an app or another router has this router, as far as trees of them were built. */
export const isPartOfOther = (router: Router): boolean => parts.has(router)

/** An app or a router, and all routers and apps in it, as they were when the tree was built. */
export class RoutingTree {
  readonly locations = new Map<Route, RouteLocation[]>()
  /** Where the app has functions. A function may call a router that cannot be seen from outside: a hidden one. */
  readonly functions: MountPoint[] = []
  /** Undefined for an app without a router. */
  root: MountPoint | undefined
  /** The routers and the apps as they were, each once; arrays, because each request looks at them. */
  readonly #routers: {
    readonly router: Router
    readonly stack: unknown
    readonly length: number
    readonly last: unknown
  }[] = []
  readonly #apps: { readonly app: App; readonly router: unknown; readonly children: number }[] = []
  readonly #seen = new Set<App | Router>()
  /** The patterns that have a mount point in `functions`. */
  readonly #patterns = new Map<MountPoint, Set<string>>()
  readonly #router: Router | undefined
  #locationCount = 0

  constructor(root: App | Router) {
    this.#router = isApp(root) ? routerOf(root) : root
    this.#addRouterOf(root, {}, [])
  }

  /** The same, and the end of the app's own router: a function that calls another app then gets the path as this app got it. */
  get functionsAndEnd(): readonly MountPoint[] {
    const { root, functions } = this
    return root === undefined || functions.includes(root) ? functions : [root, ...functions]
  }

  /** Returns whether no router and no app in the tree has changed since the tree was built. */
  isCurrent(): boolean {
    for (const { router, stack, length, last } of this.#routers) {
      if (router.stack !== stack || router.stack.length !== length || router.stack[length - 1] !== last) return false
    }
    for (const { app, router, children } of this.#apps) {
      if (routerOf(app) !== router || childrenOf(app).size !== children) return false
    }
    return true
  }

  /** Returns a layer for a route in a hidden router: the one that the app's own router creates for the route's path. */
  layerFor({ path }: Route): Layer | undefined {
    const create = this.#router?.route
    if (create === undefined) return undefined
    const known = layers.get(create) ?? new Map()
    layers.set(create, known)
    const key = stringifyPath(path)
    const stack: Layer[] = []
    if (!known.has(key)) create.call({ stack }, path)
    const layer = known.get(key) ?? stack[0]
    if (known.size < MAX_LAYERS) known.set(key, layer)
    return layer
  }

  /**
   * Adds the handler's router where the handler is a router or an app; returns whether it is one.
   *
   * @param enclosing the stacks around the handler; a router in itself is entered once
   */
  #addRouterOf(handler: Handler, at: Omit<MountPoint, 'mergeParams'>, enclosing: readonly unknown[]): boolean {
    if (isApp(handler)) {
      const router = routerOf(handler)
      if (this.#isNew(handler)) this.#apps.push({ app: handler, router, children: childrenOf(handler).size })
      if (router === undefined) return true
      parts.add(router)
      this.#addRouter(router, at, enclosing, childrenOf(handler))
      return true
    }
    if (handler.stack === undefined) return false
    this.#addRouter(handler as Router, at, enclosing, NO_APPS)
    return true
  }

  #addRouter(
    router: Router,
    at: Omit<MountPoint, 'mergeParams'>,
    enclosing: readonly unknown[],
    apps: ReadonlySet<App>,
  ): void {
    const { stack, mergeParams = false } = router
    if (enclosing.includes(stack) || enclosing.length === MAX_DEPTH) return
    if (this.#isNew(router)) this.#routers.push({ router, stack, length: stack.length, last: stack.at(-1) })
    if (at.above !== undefined) parts.add(router)
    const mountPoint: MountPoint = { ...at, mergeParams }
    const within = [...enclosing, stack]
    this.root ??= mountPoint
    this.functions.push(stack.some(isFunctionAtRoot) ? mountPoint : { ...mountPoint, throughRoutesOf: stack })
    for (const layer of stack) {
      const { route, handle } = layer
      const below = { above: mountPoint, layer }
      if (route !== undefined) {
        this.#addLocation(route, { mountPoint, layer })
        for (const { handle } of route.stack) if (handle !== undefined) this.#addRouterOf(handle, below, within)
      } else if (!this.#addRouterOf(handle, below, within)) {
        for (const app of childrenAt(layer, apps)) this.#addRouterOf(app, below, within)
        this.#addFunction(mountPoint, layer)
      }
    }
  }

  /** Returns whether an app or router was met for the first time: it may be mounted in many places. */
  #isNew(part: App | Router): boolean {
    if (this.#seen.has(part)) return false
    this.#seen.add(part)
    return true
  }

  #addLocation(route: Route, location: RouteLocation): void {
    const locations = this.locations.get(route) ?? []
    if (locations.length === MAX_LOCATIONS_OF_ROUTE || this.#locationCount === MAX_LOCATIONS) return
    this.#locationCount++
    locations.push(location)
    this.locations.set(route, locations)
  }

  /**
   * Functions of one pattern share a mount point; those at the root of a router share the mount point of the router.
   */
  #addFunction(above: MountPoint, layer: Layer): void {
    if (isErrorHandler(layer) || isAtRoot(layer) || this.functions.length >= MAX_FUNCTIONS) return
    const pattern = patternOf(layer)
    const known = this.#patterns.get(above) ?? new Set()
    if (pattern !== undefined && known.has(pattern)) return
    if (pattern !== undefined) this.#patterns.set(above, known.add(pattern))
    this.functions.push({ above, layer, mergeParams: false })
  }
}
