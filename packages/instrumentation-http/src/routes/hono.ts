import { isCatchAll, isNotFound } from './catch-all.ts'
import type { RouteSource } from './route-source.ts'
import { arrivedPath, mounted } from './target-path.ts'

interface HonoContext {
  readonly req?: HonoRequest
}

interface HonoRequest {
  readonly path?: string
  /** In Hono 4, all routes that match the path, in the order in which the app added them. */
  readonly matchedRoutes?: readonly MatchedRoute[]
  /** The index of the last of these that ran. */
  readonly routeIndex?: number
}

interface MatchedRoute {
  readonly path: string
  readonly method: string
  readonly handler: Handler
}

interface Handler {
  readonly length: number
  /** The app's own handler, if it is in an inner app that has its own `onError`. */
  readonly __COMPOSED_HANDLER?: Handler
}

/** Reads Hono's route from its context. Node's request has no reference to that, so the app passes it to `setRoute`. */
export const hono: RouteSource = {
  ofContext(context, { request, status, above }) {
    const { path, matchedRoutes, routeIndex = 0 } = (context as HonoContext).req ?? {}
    if (matchedRoutes === undefined) return undefined
    // A middleware that responds does so for the route behind it, unless that is a catch-all.
    const isServing = (route: MatchedRoute, i: number) =>
      i === routeIndex ? isEndpoint(route) : i > routeIndex && isEndpoint(route) && !isCatchAll(route.path)
    const hasRun = (route: MatchedRoute, i: number) => i < routeIndex && isEndpoint(route)
    const route = matchedRoutes.find(isServing) ?? matchedRoutes.findLast(hasRun)
    if (route === undefined || isNotFound(route.path, status)) return undefined
    if (above.length === 0 && isBelowUnknown(arrivedPath(request), path)) return undefined
    return mounted(above.join(''), route.path)
  },
  /** An app that is mounted with `app.mount` has a context of its own. The context of the outer app is at the mount's route. */
  mountOf(context, outer) {
    if (outer === undefined || outer === context) return undefined
    const { matchedRoutes, routeIndex = 0 } = (outer as HonoContext).req ?? {}
    return matchedRoutes?.[routeIndex]?.path.replace(/\/?\*$/, '')
  },
}

/** Returns whether a route is no middleware. Like the routes of `app.all`, a middleware has no method, but it takes `next`. */
const isEndpoint = ({ method, handler }: MatchedRoute) =>
  method !== 'ALL' || (handler.__COMPOSED_HANDLER ?? handler).length < 2

/** Returns whether the app has only the end of the path, because it is mounted in another app whose context was not passed. */
function isBelowUnknown(whole: string, path: string | undefined): boolean {
  if (path === undefined || whole === path) return false
  const normalized = decode(URL.parse(whole, 'http://localhost')?.pathname ?? whole)
  return normalized !== path && normalized.endsWith(path)
}

/** Decodes a path as Hono does: everything except encoded percent signs. */
function decode(path: string): string {
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return path
  }
}
