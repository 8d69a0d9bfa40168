import { isExpress } from './express/index.ts'
import type { RouteSource } from './route-source.ts'

/** The key of the global of @opentelemetry/api 1.x. Reading it needs no copy of the API, and registers nothing. */
const API = Symbol.for('opentelemetry.js.api.1')

/** The context key of `getRPCMetadata` in @opentelemetry/core. The API creates keys from their descriptions. */
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

interface Api {
  readonly context?: { active(): { getValue(key: symbol): unknown } }
}

/** HttpInstrumentation creates this for each request, and the instrumentations of frameworks complete it. */
interface RpcMetadata {
  readonly route?: string
  readonly span?: { readonly attributes?: { readonly 'http.route'?: unknown } }
}

const metadata = new WeakMap<object, RpcMetadata>()

/**
 * Reads the `http.route` that the instrumentations of an app's own OpenTelemetry SDK have found. They keep it in the context of the
 * request, which is active while the app responds.
 */
export const opentelemetry: RouteSource = {
  onHead(request) {
    const api = (globalThis as { [API]?: Api })[API]
    if (api === undefined) return
    try {
      const active = api.context?.active().getValue(RPC_METADATA)
      if (typeof active === 'object' && active !== null) metadata.set(request, active)
    } catch {
      // The context manager is the app's, and may throw.
    }
  },
  ofRequest(request) {
    // For Express it reports the path of any middleware as a route: `/static` for files, `/users` for a path that does not exist.
    if (isExpress(request)) return undefined
    const known = metadata.get(request)
    const route = known?.route ?? known?.span?.attributes?.['http.route']
    return typeof route === 'string' ? route : undefined
  },
}
