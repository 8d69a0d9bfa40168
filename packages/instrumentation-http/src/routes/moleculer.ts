import type { RouteSource } from './route-source.ts'
import { pathOf, trimSlash } from './target-path.ts'

interface MoleculerRequest {
  /** The alias that matched. Its path includes those of the gateway and of the route that the alias is in. */
  readonly $alias?: { readonly fullPath?: unknown }
  /** The path that was matched. */
  readonly parsedUrl?: string
  readonly originalUrl?: string
}

/** moleculer-web: its router leaves the alias on the request, and nothing where an action is called by its name. */
export const moleculer: RouteSource = {
  findRoute(request) {
    const { $alias, parsedUrl, originalUrl } = request as MoleculerRequest
    const template = $alias?.fullPath
    if (typeof template !== 'string' || parsedUrl === undefined || originalUrl === undefined) return undefined
    // Below a mount of Express the route is unknown: moleculer-web overwrites the `baseUrl` that leads to the mount.
    return trimSlash(pathOf(originalUrl)) === trimSlash(parsedUrl) ? template : undefined
  },
}
