import type { RouteSource } from './index.ts'

interface RestifyRequest {
  readonly route?: { readonly path?: string | RegExp; readonly chain?: unknown }
}

/** restify: its router leaves the route on the request. */
export const restify: RouteSource = {
  ofRequest(request) {
    const route = (request as RestifyRequest).route
    return route?.chain === undefined || route.path === undefined ? undefined : String(route.path)
  },
}
