import { observeAssignment } from './assignment.ts'
import type { RouteSource } from './route-source.ts'

interface RequestClass {
  readonly prototype: HapiRequest
}

interface HapiRequest {
  readonly raw: { readonly req: object }
  /** Where no route of the app matched, this is one of hapi's own, and its method is `_special`. */
  readonly route?: { readonly path: string; readonly method: string; readonly fingerprint: string }
}

/** hapi: its own request cannot be reached from Node's, so it is linked as its constructor assigns Node's to it. */
export const hapi: RouteSource = {
  modules: {
    'hapi/lib/request'(Request, link) {
      observeAssignment<HapiRequest>((Request as RequestClass).prototype, 'raw', (request, raw) => {
        link((raw as HapiRequest['raw']).req, request)
      })
    },
  },
  findContextRoute(context) {
    const route = (context as HapiRequest).route
    return route?.fingerprint === undefined || route.method === '_special' ? undefined : route.path
  },
}
