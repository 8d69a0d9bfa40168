import type { MountLayer } from './mount.ts'

/** How many apps that are mounted into one app are remembered. */
const MAX_CHILDREN = 100

/** How deep routers and apps may be nested. */
export const MAX_DEPTH = 20

export interface App extends Handler {
  /** The path at which the app was last mounted into another with `app.use`. */
  readonly mountpath?: unknown
  /** The app into which it was last mounted. */
  readonly parent?: App
  /** In Express 4, the router; reading `router` throws there. */
  readonly _router?: Router
  /** In Express 5, the router, which is created when it is first read, with the settings that the app has by then. */
  readonly router?: Router
}

export interface Router {
  readonly stack: readonly Layer[]
  /** Adds a layer to `this.stack`. */
  readonly route?: (this: { readonly stack: Layer[] }, path: unknown) => unknown
  readonly mergeParams?: boolean
}

/** A function that a layer or a route calls: a router, an app, or any other. */
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

/** One entry of a router: a route, or a handler (which may be another router) mounted at a path. */
export interface Layer extends MountLayer {
  readonly handle: Handler
  readonly route?: Route | undefined
}

/** Apps that have served a request. These have a router, so reading `router` creates nothing. */
const served = new WeakSet<App>()

/** The apps that are known to be mounted into an app with `app.use`. Its layers do not show which of them they hold. */
const children = new WeakMap<App, Set<App>>()

/** Remembers that an app has served a request. */
export const markServed = (app: App): void => void served.add(app)

/** Remembers that an app has served a request, and returns the outermost app that it is mounted into. */
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

export const NO_APPS: ReadonlySet<App> = new Set()

export const childrenOf = (app: App): ReadonlySet<App> => children.get(app) ?? NO_APPS

export const isApp = (handler: Handler): handler is App =>
  typeof handler.handle === 'function' && typeof handler.set === 'function'

/** Returns an app's router, if it can be read without creating it. */
export const routerOf = (app: App): Router | undefined => app._router ?? (served.has(app) ? app.router : undefined)
