import type { RequestSource } from '../route-source.ts'
import { calledRouters } from './called-routers.ts'
import { type Entry, entryOf, observeExpressOf, watchEntries } from './entries.ts'
import { loadRoutes } from './load-routes.ts'
import type { ExpressRequest } from './search.ts'
import { serverAppOf } from './server-app.ts'

let routes: ReturnType<typeof loadRoutes> | undefined

function getRoutes(): ReturnType<typeof loadRoutes> {
  routes ??= loadRoutes()
  return routes
}

/** Returns whether Express got this request, whether or not a route of it matched. */
export const isExpressRequest = (request: object): boolean => (request as ExpressRequest).app !== undefined

/** Returns the app that got a request first; undefined where that is not known. */
const firstAppOf = (request: object, entry: Entry | undefined) => entry?.app ?? serverAppOf(request)

/**
 * Express, and its router alone, which is the package router: the app that the request is in, and the route, are properties of Node's
 * request. Which app got it first, and which routers were called, is observed.
 */
export const express: RequestSource = {
  watch: watchEntries,
  findRoute(request, status, target, bases) {
    const { route, app } = request as ExpressRequest
    const entry = app && entryOf(request)
    const first = app && firstAppOf(request, entry)
    if (app !== undefined && first === undefined) observeExpressOf(app)
    // Other frameworks have a `route` on requests, too.
    if (!Array.isArray(route?.stack)) return undefined
    const called = calledRouters()
    return getRoutes().findExpressRoute(request, { status, target, bases, app, route, first, entry, called })
  },
}

/**
 * Returns the template of the mount through which Express passed a request to another framework: empty at the root and
 * without Express, undefined where it is unknown.
 */
export function findExpressMount(request: object): string | undefined {
  const { app, baseUrl = '' } = request as ExpressRequest
  if (app === undefined || baseUrl === '') return ''
  const entry = entryOf(request)
  const first = firstAppOf(request, entry)
  return getRoutes().findMountTemplate(request, { app, first, entry, called: calledRouters() })
}
