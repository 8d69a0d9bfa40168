import type { RequestSource } from '../route-source.ts'
import { entryOf, observeExpressOf, watchEntries } from './entries.ts'
import type { PassedLayer } from './layer-chain.ts'
import { loadRoutes } from './load-routes.ts'
import type { ExpressRequest } from './search.ts'

let routes: ReturnType<typeof loadRoutes> | undefined

function getRoutes(): ReturnType<typeof loadRoutes> {
  routes ??= loadRoutes()
  return routes
}

/** Returns whether Express got this request, whether or not a route of it matched. */
export const isExpressRequest = (request: object): boolean => (request as ExpressRequest).app !== undefined

/** Express: it adds the app that the request is in, and the route, to Node's request. Which app got it first is observed. */
export const express: RequestSource = {
  watch: watchEntries,
  findRoute(request, status, target) {
    const { route, app } = request as ExpressRequest
    if (app === undefined) return undefined
    const entry = entryOf(request)
    if (entry === undefined) observeExpressOf(app)
    return route && getRoutes().findExpressRoute(request, { status, target, app, route, entry })
  },
}

/**
 * Returns the template of the mount through which Express passed a request to another framework: empty at the root and
 * without Express, undefined where it is unknown.
 */
export function findExpressMount(request: object): string | undefined {
  const { app, baseUrl = '' } = request as ExpressRequest
  return app === undefined || baseUrl === '' ? '' : getRoutes().findMountTemplate(request, app, entryOf(request))
}

/** Returns the template of the route to which layers of Express's router led, in an app without Express. */
export const findChainTemplate = (chain: readonly PassedLayer[], path: string): string | undefined =>
  getRoutes().findChainTemplate(chain, path)
