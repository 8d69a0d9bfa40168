import type { RouteSource } from './index.ts'

interface HapiRequest {
  /** Where none of the app's matched, one of hapi's own, whose method is `_special`. */
  readonly route?: { readonly path: string; readonly method: string; readonly fingerprint: string }
}

/** hapi: nothing leads from Node's request to its own, so the app hands it over by `setRoute`. */
export const hapi: RouteSource = {
  ofContext(context) {
    const route = (context as HapiRequest).route
    return route?.fingerprint === undefined || route.method === '_special' ? undefined : route.path
  },
}
