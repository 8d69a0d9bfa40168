import {
  isAtRoot,
  type Mount,
  type MountLayer,
  matchLayer,
  mountTemplate,
  parameterNames,
  patternOf,
  written,
} from './mount.ts'

/** How many places of routes one app may have; what is beyond is not found. */
const MAX_ROUTE_PLACES = 10_000

/** How many of one route. */
const MAX_PLACES_OF_ROUTE = 50

/** How many other handlers at mounts of their own are taken for possible ways to a router. */
const MAX_HANDLER_PLACES = 1000

/** How many apps are known to be mounted into one. */
const MAX_CHILDREN = 100

/** How many layers for routes that are not seen are kept, by the routes' paths. */
const MAX_LAYERS = 200

/** How deep routers and apps may be mounted in each other. */
const MAX_DEPTH = 20

export interface App extends Handler {
  /** Of an app mounted into another with `app.use`: where last, and into which. */
  readonly mountpath?: unknown
  readonly parent?: App
  /** Express 4; `router` throws there. */
  readonly _router?: Router
  /** Express 5: made when it is first read, with the settings that the app has by then. */
  readonly router?: Router
}

interface Router {
  readonly stack: readonly Layer[]
  /** Adds a layer to `this.stack`. */
  readonly route?: (this: { readonly stack: Layer[] }, path: unknown) => unknown
  readonly mergeParams?: boolean
}

/** Any function that a layer or a route calls: a router, an app, or another. */
interface Handler {
  readonly name?: string
  readonly length?: number
  readonly stack?: readonly Layer[]
  readonly handle?: unknown
  readonly set?: unknown
}

export interface Route {
  readonly path: unknown
  readonly stack: readonly { readonly handle?: Handler }[]
}

/** One entry of a router: a route, or a handler (another router among them) mounted at a path. */
export interface Layer extends MountLayer {
  readonly handle: Handler
  readonly route?: Route | undefined
}

/** Where a router, or another handler, is: under the layer of a router that has a place itself. */
export interface Place {
  /** Undefined for the router of the outermost app. */
  readonly above?: Place
  /** A route's, where a router is the handler of a route. */
  readonly layer?: Layer
  /** Whether the router at this place adds the parameters of the mounts above to its own. */
  readonly mergeParams: boolean
  /** Where only the routes of this stack can have called a hidden router: one of them has to match as well. */
  readonly throughRoutesOf?: readonly Layer[]
}

/** One of the places of a route. */
export interface RoutePlace {
  readonly place: Place
  readonly layer: Layer
}

/** All that can be seen of the routing of an app: a snapshot of its routers, and of those in them. */
export interface Tree {
  readonly routes: Map<Route, RoutePlace[]>
  readonly root: Place | undefined
  /** Where functions of the app are that may call a router. */
  readonly handlers: readonly Place[]
  /** A layer for a route whose own is not seen: what the app's router makes of the route's path. */
  layerFor(route: Route): Layer | undefined
  isCurrent(): boolean
}

/** Apps that have served a request: they have all that they need for it, so reading `router` creates nothing. */
const served = new WeakSet<App>()

/** The apps that are known to be mounted into an app with `app.use`: its layers do not say which they hold. */
const children = new WeakMap<App, Set<App>>()

const trees = new WeakMap<App, Tree>()

/** By the function that made them: each copy of Express has its own syntax of paths. */
const layers = new WeakMap<object, Map<string, Layer>>()

/** Remembers that an app has served a request. Returns the app that is outermost, as far as mounted apps say. */
export function outermostOf(app: App): App {
  let outermost = app
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    served.add(outermost)
    const { parent } = outermost
    if (parent === undefined) break
    const known = children.get(parent) ?? new Set()
    if (known.size < MAX_CHILDREN) children.set(parent, known.add(outermost))
    outermost = parent
  }
  return outermost
}

/** The routing of an app that has served a request, as it is now: apps mount, move and remove routers at any time. */
export function treeOf(app: App): Tree {
  served.add(app)
  const known = trees.get(app)
  if (known?.isCurrent()) return known
  const tree = new Snapshot(app)
  trees.set(app, tree)
  return tree
}

class Snapshot implements Tree {
  readonly routes = new Map<Route, RoutePlace[]>()
  readonly handlers: Place[] = []
  root: Place | undefined
  readonly #routers = new Map<Router, { readonly stack: unknown; readonly length: number; readonly last: unknown }>()
  readonly #apps = new Map<App, { readonly router: unknown; readonly children: number }>()
  readonly #patterns = new Map<Place, Set<string>>()
  readonly #router: Router | undefined
  #routePlaces = 0

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

  /** Whether the handler is a router, or an app. `enclosing` are the stacks around it: one in itself is entered once. */
  #addHandler(handler: Handler, at: Spot, enclosing: readonly unknown[]): boolean {
    if (isApp(handler)) {
      const router = routerOf(handler)
      this.#apps.set(handler, { router, children: childrenOf(handler).size })
      if (router !== undefined) this.#addRouter(router, at, enclosing, childrenOf(handler))
      return true
    }
    if (handler.stack === undefined) return false
    this.#addRouter(handler as Router, at, enclosing, NONE)
    return true
  }

  #addRouter(router: Router, at: Spot, enclosing: readonly unknown[], apps: ReadonlySet<App>): void {
    const { stack, mergeParams = false } = router
    if (enclosing.includes(stack) || enclosing.length === MAX_DEPTH) return
    this.#routers.set(router, { stack, length: stack.length, last: stack.at(-1) })
    const place: Place = { ...at, mergeParams }
    const within = [...enclosing, stack]
    this.root ??= place
    this.handlers.push(stack.some(isFunctionAtRoot) ? place : { ...place, throughRoutesOf: stack })
    for (const layer of stack) {
      const { route, handle } = layer
      const below = { above: place, layer }
      if (route !== undefined) {
        this.#addRoute(route, { place, layer })
        for (const { handle } of route.stack) if (handle !== undefined) this.#addHandler(handle, below, within)
      } else if (!this.#addHandler(handle, below, within)) {
        for (const app of appsMountedBy(layer, apps)) this.#addHandler(app, below, within)
        this.#addFunction(place, layer)
      }
    }
  }

  #addRoute(route: Route, routePlace: RoutePlace): void {
    const places = this.routes.get(route) ?? []
    if (places.length === MAX_PLACES_OF_ROUTE || this.#routePlaces === MAX_ROUTE_PLACES) return
    this.#routePlaces++
    places.push(routePlace)
    this.routes.set(route, places)
  }

  /** Handlers of one pattern are at one place; those at the root of their router are where the router is. */
  #addFunction(above: Place, layer: Layer): void {
    if (isErrorHandler(layer) || isAtRoot(layer) || this.handlers.length >= MAX_HANDLER_PLACES) return
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

/** A place before it is known what router is there. */
type Spot = Omit<Place, 'mergeParams'>

const NONE: ReadonlySet<App> = new Set()

const childrenOf = (app: App): ReadonlySet<App> => children.get(app) ?? NONE

/** Which of the apps mounted into an app a layer of it may hold: those mounted at its pattern, if there are such; else any. */
function appsMountedBy(layer: Layer, apps: ReadonlySet<App>): readonly App[] {
  if (apps.size === 0) return []
  const pattern = patternOf(layer)
  const here = [...apps].filter(({ mountpath }) => written(mountpath) === pattern)
  return here.length > 0 || layer.handle.name !== 'mounted_app' ? here : [...apps]
}

export const isApp = (handler: Handler): handler is App =>
  typeof handler.handle === 'function' && typeof handler.set === 'function'

const routerOf = (app: App): Router | undefined => app._router ?? (served.has(app) ? app.router : undefined)

/** What a place takes of a path, and the template of that. */
export function matchPlace({ above, layer, throughRoutesOf }: Place, path: string): Mount | undefined {
  const outer = above === undefined ? ROOT : matchPlace(above, path)
  if (outer === undefined) return undefined
  const match = layer === undefined ? outer : matchMount(outer, layer, path)
  if (match === undefined || throughRoutesOf === undefined) return match
  const rest = path.slice(match.matched.length)
  return throughRoutesOf.some((inner) => inner.route !== undefined && matchLayer(inner, rest)) ? match : undefined
}

function matchMount(outer: Mount, layer: Layer, path: string): Mount | undefined {
  const rest = path.slice(outer.matched.length)
  // A route takes nothing from the path of the router that is its handler.
  if (layer.route !== undefined) return matchLayer(layer, rest) && outer
  const mount = mountTemplate(layer, rest)
  return mount && { template: outer.template + mount.template, matched: outer.matched + mount.matched }
}

/** The names of the parameters that a request has when it comes to a route this way. */
export function namesOfParameters({ place, layer }: RoutePlace, path: string): string[] {
  const matched = matchPlace(place, path)?.matched.length ?? 0
  const own = parameterNames(layer, path.slice(matched))
  const { above } = place
  return above !== undefined && place.layer !== undefined && place.mergeParams
    ? [...own, ...namesOfParameters({ place: above, layer: place.layer }, path)]
    : own
}

const ROOT: Mount = { template: '', matched: '' }
