import type { RouteSource } from './route-source.ts'

interface RestifyRequest {
  readonly route?: { readonly path?: string | RegExp; readonly chain?: unknown }
}

/** Reads the route that restify's router leaves on the request. */
export const restify: RouteSource = {
  ofRequest(request) {
    const route = (request as RestifyRequest).route
    return route?.chain === undefined || route.path === undefined ? undefined : String(route.path)
  },
}
