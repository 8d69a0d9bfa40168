import type { RequestSource } from './route-source.ts'

interface RestifyRequest {
  readonly route?: { readonly path?: string | RegExp; readonly chain?: unknown }
}

/** restify: its router leaves the route on the request. */
export const restify: RequestSource = {
  findRoute(request) {
    const route = (request as RestifyRequest).route
    // Express has `route` on its requests, too, but no `chain` in it.
    return route?.chain === undefined || route.path === undefined ? undefined : String(route.path)
  },
}
