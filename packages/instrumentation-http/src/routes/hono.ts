import type { RouteSource } from './index.ts'

interface HonoContext {
  readonly req?: HonoRequest
}

interface HonoRequest {
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
  ofContext(context) {
    const { matchedRoutes, routeIndex = 0 } = (context as HonoContext).req ?? {}
    if (matchedRoutes === undefined) return undefined
    // A middleware that answers does it for the route behind it.
    const isServing = (route: MatchedRoute, i: number) => i >= routeIndex && isEndpoint(route)
    return (matchedRoutes.find(isServing) ?? matchedRoutes.findLast(isEndpoint))?.path
  },
}

/** Not a middleware: those have no method of their own, as the routes of `app.all`, but take `next`. */
const isEndpoint = ({ method, handler }: MatchedRoute) =>
  method !== 'ALL' || (handler.__COMPOSED_HANDLER ?? handler).length < 2
