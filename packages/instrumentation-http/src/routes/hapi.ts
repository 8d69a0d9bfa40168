import type { LinkedSource } from './route-source.ts'

interface HapiRequest {
  /** Where no route of the app matched, this is one of hapi's own, and its method is `_special`. */
  readonly route?: { readonly path: string; readonly method: string; readonly fingerprint: string }
}

/** hapi: its own request cannot be reached from Node's, so it is linked in its constructor, which has both. */
export const hapi: LinkedSource = {
  sourceLinks: [{ after: 'this.raw = { req, res };', message: '{ request: req, context: this }' }],
  findContextRoute(context) {
    const route = (context as HapiRequest).route
    return route?.fingerprint === undefined || route.method === '_special' ? undefined : route.path
  },
}
