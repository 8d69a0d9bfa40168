import { isCatchAll, isNotFound } from './express/catch-all.ts'
import type { RouteSource } from './index.ts'
import { arrivedPath, mounted } from './target-path.ts'

interface HonoContext {
  readonly req?: HonoRequest
}

interface HonoRequest {
  readonly path?: string
  /** Hono 4; all that match the path, in their order. */
  readonly matchedRoutes?: readonly MatchedRoute[]
  /** The last of them that ran. */
  readonly routeIndex?: number
}

interface MatchedRoute {
  readonly path: string
  readonly method: string
  readonly handler: Handler
}

interface Handler {
  readonly length: number
  /** What the app wrote, where an app in an app has its own `onError`. */
  readonly __COMPOSED_HANDLER?: Handler
}

/** Hono: nothing leads from Node's request to the context, so the app hands it over by `setRoute`. */
export const hono: RouteSource = {
  ofContext(context, { request, status, above }) {
    const { path, matchedRoutes, routeIndex = 0 } = (context as HonoContext).req ?? {}
    if (matchedRoutes === undefined) return undefined
    // A middleware that responds does it for the route behind it, unless that is one for whatever nothing else takes.
    const isServing = (route: MatchedRoute, i: number) =>
      i === routeIndex ? isEndpoint(route) : i > routeIndex && isEndpoint(route) && !isCatchAll(route.path)
    const hasRun = (route: MatchedRoute, i: number) => i < routeIndex && isEndpoint(route)
    const route = matchedRoutes.find(isServing) ?? matchedRoutes.findLast(hasRun)
    if (route === undefined || isNotFound(route.path, status)) return undefined
    if (above.length === 0 && isBelowUnknown(arrivedPath(request), path)) return undefined
    return mounted(above.join(''), route.path)
  },
  /** An app that is mounted (`app.mount`) has a context of its own; that of the app around it is at the mount's route. */
  mountOf(context, outer) {
    if (outer === undefined || outer === context) return undefined
    const { matchedRoutes, routeIndex = 0 } = (outer as HonoContext).req ?? {}
    return matchedRoutes?.[routeIndex]?.path.replace(/\/?\*$/, '')
  },
}

/** Not a middleware: those have no method of their own, as the routes of `app.all`, but take `next`. */
const isEndpoint = ({ method, handler }: MatchedRoute) =>
  method !== 'ALL' || (handler.__COMPOSED_HANDLER ?? handler).length < 2

/** Whether the app has got only the end of the path: it is mounted in another, whose context was not given. */
function isBelowUnknown(whole: string, path: string | undefined): boolean {
  if (path === undefined || whole === path) return false
  const normalized = decode(URL.parse(whole, 'http://localhost')?.pathname ?? whole)
  return normalized !== path && normalized.endsWith(path)
}

/** As Hono decodes a path: all but what is encoded of a percent sign. */
function decode(path: string): string {
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return path
  }
}
