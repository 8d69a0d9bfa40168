import type { RequestSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'

interface MoleculerRequest {
  /** The alias that matched, with the paths of the gateway and of the `routes` entry before its own. */
  readonly $alias?: { readonly fullPath?: unknown }
  /** The path that the gateway matched. */
  readonly parsedUrl?: string
  readonly originalUrl?: string
}

/**
 * moleculer-web: its gateway leaves on the request the alias that matched, and nothing where it called an action by its
 * name.
 */
export const moleculerWeb: RequestSource = {
  findRoute(request) {
    const { $alias, parsedUrl, originalUrl } = request as MoleculerRequest
    const template = $alias?.fullPath
    if (typeof template !== 'string' || parsedUrl === undefined || originalUrl === undefined) return undefined
    // Below a mount of Express the route is unknown: the gateway overwrites the `baseUrl` that leads to the mount.
    return trimSlash(pathOf(originalUrl)) === trimSlash(parsedUrl) ? template : undefined
  },
}
