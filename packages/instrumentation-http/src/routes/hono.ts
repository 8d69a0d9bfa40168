import type { LinkedSource } from './route-source.ts'
import { pathBelowExpress } from './target-path.ts'
import { isCatchAll, isNotFoundPage, joinTemplates } from './template.ts'

interface HonoContext {
  readonly req?: HonoRequest
}

interface HonoRequest {
  readonly path?: string
  /** All routes and middlewares that match the path, in their order (Hono 4). */
  readonly matchedRoutes?: readonly MatchedRoute[]
  /** The index in `matchedRoutes` of the last one that ran. */
  readonly routeIndex?: number
}

interface MatchedRoute {
  readonly path: string
  readonly method: string
  readonly handler: Handler
}

interface Handler {
  readonly length: number
  /** The app's own handler, where a sub-app has its own `onError` and Hono wraps the handler. */
  readonly __COMPOSED_HANDLER?: Handler
}

/** Hono: its context cannot be reached from Node's request, so it is linked in its constructor, which has both. */
export const hono: LinkedSource = {
  sourceLinks: [
    {
      below: 'Context = class {',
      after: 'this.env = options.env;',
      message: '{ request: options.env?.incoming, context: this }',
    },
  ],
  findContextRoute(context, { request, status, mounts }) {
    const { path, matchedRoutes, routeIndex = 0 } = (context as HonoContext).req ?? {}
    if (matchedRoutes === undefined) return undefined
    // A middleware that responds counts as the route after it, unless that route matches every path.
    const isServing = (route: MatchedRoute, i: number) =>
      i === routeIndex ? isEndpoint(route) : i > routeIndex && isEndpoint(route) && !isCatchAll(route.path)
    const hasPassedOn = (route: MatchedRoute, i: number) => i < routeIndex && isEndpoint(route)
    const route = matchedRoutes.find(isServing) ?? matchedRoutes.findLast(hasPassedOn)
    if (route === undefined || isNotFoundPage(route.path, status)) return undefined
    if (mounts.length === 0 && isInUnknownMount(pathBelowExpress(request), path)) return undefined
    return joinTemplates(mounts.join(''), route.path)
  },
  /**
   * An app that is mounted with `app.mount` has a context of its own; the outer app's context is at the mount's route.
   */
  findContextMount(context, previous) {
    if (previous === undefined || previous === context) return undefined
    const { matchedRoutes, routeIndex = 0 } = (previous as HonoContext).req ?? {}
    return matchedRoutes?.[routeIndex]?.path.replace(/\/?\*$/, '')
  },
}

/**
 * Returns whether a route is not a middleware. Both may have the method `ALL`, but only a middleware's handler takes
 * `next`.
 */
const isEndpoint = ({ method, handler }: MatchedRoute) =>
  method !== 'ALL' || (handler.__COMPOSED_HANDLER ?? handler).length < 2

/** Returns whether the app has only the end of the path: it is mounted in an app that did not call `setRoute`. */
function isInUnknownMount(fullPath: string, path: string | undefined): boolean {
  if (path === undefined || fullPath === path) return false
  const normalized = decode(URL.parse(fullPath, 'http://localhost')?.pathname ?? fullPath)
  return normalized !== path && normalized.endsWith(path)
}

/** Decodes a path as Hono does: everything but encoded percent signs. */
function decode(path: string): string {
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return path
  }
}
