import { isExpress } from './express/index.ts'
import type { RouteSource } from './index.ts'

/** The global of @opentelemetry/api 1.x; reading it takes no copy of the API, and registers nothing. */
const API = Symbol.for('opentelemetry.js.api.1')

/** The key of `getRPCMetadata` in @opentelemetry/core: the API makes keys from their descriptions. */
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

interface Api {
  readonly context?: { active(): { getValue(key: symbol): unknown } }
}

/** Made by HttpInstrumentation for each request, and completed by the instrumentations of frameworks. */
interface RpcMetadata {
  readonly route?: string
  readonly span?: { readonly attributes?: { readonly 'http.route'?: unknown } }
}

const metadata = new WeakMap<object, RpcMetadata>()

/**
 * An app's own OpenTelemetry SDK: what its instrumentations take for `http.route`. They keep it in the context of the
 * request, which is active while the app answers.
 */
export const opentelemetry: RouteSource = {
  onHead(request) {
    const api = (globalThis as { [API]?: Api })[API]
    if (api === undefined) return
    try {
      const active = api.context?.active().getValue(RPC_METADATA)
      if (typeof active === 'object' && active !== null) metadata.set(request, active)
    } catch {
      // The context manager is the app's.
    }
  },
  ofRequest(request) {
    // For Express it takes the path of any middleware for a route: `/static` of files, `/users` of what is not there.
    if (isExpress(request)) return undefined
    const known = metadata.get(request)
    const route = known?.route ?? known?.span?.attributes?.['http.route']
    return typeof route === 'string' ? route : undefined
  },
}
