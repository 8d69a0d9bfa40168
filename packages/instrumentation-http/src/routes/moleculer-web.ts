import { isExpress } from './express/index.ts'
import type { RouteSource } from './route-source.ts'

interface MoleculerRequest {
  /** The alias that matched, which is what moleculer-web calls a route; undefined if none did. */
  readonly $alias?: { readonly fullPath?: unknown }
}

/**
 * Reads the alias that moleculer-web's gateway leaves on the request, with the path of its `routes` entry before it. A gateway that
 * calls actions by their names, without aliases, has no templates.
 */
export const moleculerWeb: RouteSource = {
  ofRequest(request) {
    // As a middleware of Express, a gateway changes what the path of its mount is found by.
    if (isExpress(request)) return undefined
    const template = (request as MoleculerRequest).$alias?.fullPath
    return typeof template === 'string' ? template : undefined
  },
}
