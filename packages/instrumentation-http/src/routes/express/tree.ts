import {
  type App,
  childrenOf,
  type Handler,
  isApp,
  type Layer,
  MAX_DEPTH,
  markServed,
  NO_APPS,
  type Route,
  type Router,
  routerOf,
} from './app.ts'
import { isAtRoot, patternOf, written } from './mount.ts'
import type { MountPoint, RouteOccurrence } from './mount-point.ts'

/** How many occurrences of routes one app may have. Further ones are not found. */
const MAX_OCCURRENCES = 10_000

/** How many occurrences one route may have. */
const MAX_OCCURRENCES_OF_ROUTE = 50

/** How many handlers that are mounted by themselves are considered as functions that may call a router. */
const MAX_HANDLERS = 1000

/** How many layers are kept for routes that do not occur in a tree. */
const MAX_LAYERS = 200

/** What can be seen of an app's routing: a snapshot of its routers and of the routers in them. */
export interface RoutingTree {
  readonly routes: Map<Route, RouteOccurrence[]>
  readonly root: MountPoint | undefined
  /** The mount points of functions that may call a router. */
  readonly handlers: readonly MountPoint[]
  /** Returns a layer for a route that does not occur in the tree, made by the app's router from the route's path. */
  layerFor(route: Route): Layer | undefined
  isCurrent(): boolean
}

const trees = new WeakMap<App, RoutingTree>()

/** The layers made by `layerFor`, by the function that made them, since each copy of Express has its own syntax of paths. */
const layers = new WeakMap<object, Map<string, Layer>>()

/** Returns the present routing of an app that has served a request. Apps may mount, move and remove routers at any time. */
export function treeOf(app: App): RoutingTree {
  markServed(app)
  const known = trees.get(app)
  if (known?.isCurrent()) return known
  const tree = new Snapshot(app)
  trees.set(app, tree)
  return tree
}

class Snapshot implements RoutingTree {
  readonly routes = new Map<Route, RouteOccurrence[]>()
  readonly handlers: MountPoint[] = []
  root: MountPoint | undefined
  readonly #routers = new Map<Router, { readonly stack: unknown; readonly length: number; readonly last: unknown }>()
  readonly #apps = new Map<App, { readonly router: unknown; readonly children: number }>()
  readonly #patterns = new Map<MountPoint, Set<string>>()
  readonly #router: Router | undefined
  #occurrenceCount = 0

  constructor(root: App) {
    this.#router = routerOf(root)
    this.#addHandler(root, {}, [])
  }

  isCurrent(): boolean {
    for (const [{ stack }, before] of this.#routers) {
      if (stack !== before.stack || stack.length !== before.length || stack.at(-1) !== before.last) return false
    }
    for (const [app, before] of this.#apps) {
      if (routerOf(app) !== before.router || childrenOf(app).size !== before.children) return false
    }
    return true
  }

  layerFor({ path }: Route): Layer | undefined {
    const create = this.#router?.route
    if (create === undefined) return undefined
    const known = layers.get(create) ?? new Map()
    layers.set(create, known)
    const key = written(path)
    const stack: Layer[] = []
    if (!known.has(key)) create.call({ stack }, path)
    const layer = known.get(key) ?? stack[0]
    if (known.size < MAX_LAYERS) known.set(key, layer)
    return layer
  }

  /**
   * Adds a handler if it is a router or an app, and returns whether it is.
   *
   * @param enclosing the stacks around it, so that a router that contains itself is entered once
   */
  #addHandler(handler: Handler, spot: Spot, enclosing: readonly unknown[]): boolean {
    if (isApp(handler)) {
      const router = routerOf(handler)
      this.#apps.set(handler, { router, children: childrenOf(handler).size })
      if (router !== undefined) this.#addRouter(router, spot, enclosing, childrenOf(handler))
      return true
    }
    if (handler.stack === undefined) return false
    this.#addRouter(handler as Router, spot, enclosing, NO_APPS)
    return true
  }

  #addRouter(router: Router, spot: Spot, enclosing: readonly unknown[], apps: ReadonlySet<App>): void {
    const { stack, mergeParams = false } = router
    if (enclosing.includes(stack) || enclosing.length === MAX_DEPTH) return
    this.#routers.set(router, { stack, length: stack.length, last: stack.at(-1) })
    const mountPoint: MountPoint = { ...spot, mergeParams }
    const within = [...enclosing, stack]
    this.root ??= mountPoint
    this.handlers.push(stack.some(isFunctionAtRoot) ? mountPoint : { ...mountPoint, throughRoutesOf: stack })
    for (const layer of stack) {
      const { route, handle } = layer
      const below = { above: mountPoint, layer }
      if (route !== undefined) {
        this.#addRoute(route, { mountPoint, layer })
        for (const { handle } of route.stack) if (handle !== undefined) this.#addHandler(handle, below, within)
      } else if (!this.#addHandler(handle, below, within)) {
        for (const app of appsMountedBy(layer, apps)) this.#addHandler(app, below, within)
        this.#addFunction(mountPoint, layer)
      }
    }
  }

  #addRoute(route: Route, occurrence: RouteOccurrence): void {
    const occurrences = this.routes.get(route) ?? []
    if (occurrences.length === MAX_OCCURRENCES_OF_ROUTE || this.#occurrenceCount === MAX_OCCURRENCES) return
    this.#occurrenceCount++
    occurrences.push(occurrence)
    this.routes.set(route, occurrences)
  }

  /** Adds a mount point for a function. One is enough for each pattern, and the router's own serves those at its root. */
  #addFunction(above: MountPoint, layer: Layer): void {
    if (isErrorHandler(layer) || isAtRoot(layer) || this.handlers.length >= MAX_HANDLERS) return
    const pattern = patternOf(layer)
    const known = this.#patterns.get(above) ?? new Set()
    if (pattern !== undefined && known.has(pattern)) return
    if (pattern !== undefined) this.#patterns.set(above, known.add(pattern))
    this.handlers.push({ above, layer, mergeParams: false })
  }
}

const isErrorHandler = ({ handle }: Layer) => (handle.length ?? 0) > 3

const isRouterOrApp = (handler: Handler) => isApp(handler) || handler.stack !== undefined

const isFunctionAtRoot = (layer: Layer) =>
  layer.route === undefined && isAtRoot(layer) && !isErrorHandler(layer) && !isRouterOrApp(layer.handle)

/** A mount point before it is known which router is there. */
type Spot = Omit<MountPoint, 'mergeParams'>

/** Returns the apps that a layer may hold, of those mounted into its app: the ones mounted at its pattern, or else any of them. */
function appsMountedBy(layer: Layer, apps: ReadonlySet<App>): readonly App[] {
  if (apps.size === 0) return []
  const pattern = patternOf(layer)
  const here = [...apps].filter(({ mountpath }) => written(mountpath) === pattern)
  return here.length > 0 || layer.handle.name !== 'mounted_app' ? here : [...apps]
}
