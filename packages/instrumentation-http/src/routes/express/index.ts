import type { RequestSource } from '../route-source.ts'
import { calledRouters } from './called-routers.ts'
import { entryOf, observeExpressOf, watchEntries } from './entries.ts'
import { loadRoutes } from './load-routes.ts'
import type { ExpressRequest } from './search.ts'

let routes: ReturnType<typeof loadRoutes> | undefined

function getRoutes(): ReturnType<typeof loadRoutes> {
  routes ??= loadRoutes()
  return routes
}

/** Returns whether Express got this request, whether or not a route of it matched. */
export const isExpressRequest = (request: object): boolean => (request as ExpressRequest).app !== undefined

/**
 * Express, and its router alone, which is the package router: the app that the request is in, and the route, are properties of Node's
 * request. Which app got it first, and which routers were called, is observed.
 */
export const express: RequestSource = {
  watch: watchEntries,
  findRoute(request, status, target, bases) {
    const { route, app } = request as ExpressRequest
    const entry = app && entryOf(request)
    if (app !== undefined && entry === undefined) observeExpressOf(app)
    if (!Array.isArray(route?.stack)) return undefined
    return getRoutes().findExpressRoute(request, { status, target, bases, app, route, entry, called: calledRouters() })
  },
}

/**
 * Returns the template of the mount through which Express passed a request to another framework: empty at the root and
 * without Express, undefined where it is unknown.
 */
export function findExpressMount(request: object): string | undefined {
  const { app, baseUrl = '' } = request as ExpressRequest
  return app === undefined || baseUrl === ''
    ? ''
    : getRoutes().findMountTemplate(request, { app, entry: entryOf(request), called: calledRouters() })
}
