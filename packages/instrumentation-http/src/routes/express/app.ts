import { isAtRoot, type PathLayer, patternOf, stringifyPath } from './layer.ts'

/** How deep routers and apps may be mounted in each other. */
export const MAX_DEPTH = 20

/** How many apps are remembered as mounted in one app. */
const MAX_CHILDREN = 100

export interface App extends Handler {
  /** The path at which, and the app in which, `app.use` mounted this app last. */
  readonly mountpath?: unknown
  readonly parent?: App
  /** Express 4; reading `router` throws there. */
  readonly _router?: Router
  /** Express 5: created when it is first read, with the settings that the app has by then. */
  readonly router?: Router
  /** The prototype of the app's responses, which inherits that of all apps. */
  readonly response?: object
}

export interface Router extends Handler {
  readonly stack: readonly Layer[]
  /** Adds a layer to `this.stack`. */
  readonly route?: (this: { readonly stack: Layer[] }, path: unknown) => unknown
  readonly mergeParams?: boolean
}

/** A function that a layer or a route calls: a router, an app, or any other function. */
export interface Handler {
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

/** One entry of a router: a route, or a handler (which may be another router) that is mounted at a path. */
export interface Layer extends PathLayer {
  readonly handle: Handler
  readonly route?: Route | undefined
}

/** Apps that have served a request. They have been set up, so that reading `router` creates nothing. */
const served = new WeakSet<App>()

/** The apps that were mounted in an app with `app.use`, whose layers do not say which app they hold. */
const children = new WeakMap<App, Set<App>>()

export const NO_APPS: ReadonlySet<App> = new Set()

/** Remembers that an app has served a request, so that its router may be read. */
export const markServed = (app: App): void => void served.add(app)

/** Marks an app and the apps around it as served, and returns the outermost one, as far as `app.parent` leads. */
export function outermostOf(app: App): App {
  let outermost = app
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    markServed(outermost)
    const { parent } = outermost
    if (parent === undefined) break
    const siblings = children.get(parent) ?? new Set()
    if (siblings.size < MAX_CHILDREN) children.set(parent, siblings.add(outermost))
    outermost = parent
  }
  return outermost
}

export const childrenOf = (app: App): ReadonlySet<App> => children.get(app) ?? NO_APPS

/** Returns the router of an app; undefined where there is none, or where reading it might create it. */
export const routerOf = (app: App): Router | undefined => app._router ?? (served.has(app) ? app.router : undefined)

/** Returns those of an app's children that a layer may hold: the ones that were mounted at its pattern, or else all. */
export function childrenAt(layer: Layer, apps: ReadonlySet<App>): readonly App[] {
  if (apps.size === 0) return []
  const pattern = patternOf(layer)
  const mountedHere = [...apps].filter(({ mountpath }) => stringifyPath(mountpath) === pattern)
  return mountedHere.length > 0 || layer.handle.name !== 'mounted_app' ? mountedHere : [...apps]
}

export const isApp = (handler: Handler): handler is App =>
  typeof handler.handle === 'function' && typeof handler.set === 'function'

export const isErrorHandler = ({ handle }: Layer): boolean => (handle.length ?? 0) > 3

/** Returns whether a layer holds a function that runs for every path of its router, and that is no router or app. */
export const isFunctionAtRoot = (layer: Layer): boolean =>
  layer.route === undefined && isAtRoot(layer) && !isErrorHandler(layer) && !isRouterOrApp(layer.handle)

const isRouterOrApp = (handler: Handler) => isApp(handler) || handler.stack !== undefined
