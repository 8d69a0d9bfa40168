import type { RouteSource } from './route-source.ts'

interface HapiRequest {
  /** The route; one of hapi's own, with the method `_special`, if none of the app's matched. */
  readonly route?: { readonly path: string; readonly method: string; readonly fingerprint: string }
}

/** Reads hapi's route from its request. Node's request has no reference to that, so the app passes it to `setRoute`. */
export const hapi: RouteSource = {
  ofContext(context) {
    const route = (context as HapiRequest).route
    return route?.fingerprint === undefined || route.method === '_special' ? undefined : route.path
  },
}
