import { isExpressRequest } from './express/index.ts'
import type { RouteSource } from './route-source.ts'

/** The global of @opentelemetry/api 1.x. Reading it neither imports the API nor registers anything with it. */
const API = Symbol.for('opentelemetry.js.api.1')

/** The key of `getRPCMetadata` in @opentelemetry/core; the API makes such keys with `Symbol.for`. */
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

interface Api {
  readonly context?: { active(): { getValue(key: symbol): unknown } }
}

/** HttpInstrumentation creates one for each request, and the instrumentations of frameworks set the route on it. */
interface RpcMetadata {
  readonly route?: string
  readonly span?: { readonly attributes?: { readonly 'http.route'?: unknown } }
}

const metadata = new WeakMap<object, RpcMetadata>()

/**
 * An app's own OpenTelemetry SDK: the `http.route` that its instrumentations found. They keep it in the asynchronous
 * context of the request, which is active while the app responds.
 */
export const opentelemetry: RouteSource = {
  onResponseHead(request) {
    const api = (globalThis as { [API]?: Api })[API]
    if (api === undefined) return
    try {
      const active = api.context?.active().getValue(RPC_METADATA)
      if (typeof active === 'object' && active !== null) metadata.set(request, active)
    } catch {
      // The app's context manager may throw; the request then has no route from here.
    }
  },
  findRoute(request) {
    // For Express, `http.route` may be the path of a middleware: `/static` for a file, `/users` for a path without a
    // route.
    if (isExpressRequest(request)) return undefined
    const known = metadata.get(request)
    const route = known?.route ?? known?.span?.attributes?.['http.route']
    return typeof route === 'string' ? route : undefined
  },
}
