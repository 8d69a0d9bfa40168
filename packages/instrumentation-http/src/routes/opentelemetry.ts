import { type RpcMetadata, rpcMetadataOf } from '../rpc-metadata.ts'
import { isExpressRequest } from './express/index.ts'
import type { RequestSource } from './route-source.ts'

const metadata = new WeakMap<object, RpcMetadata>()

/**
 * An app's own OpenTelemetry SDK: the `http.route` that its instrumentations found. They keep it in the asynchronous
 * context of the request, which is active while the app responds.
 */
export const opentelemetry: RequestSource = {
  onResponseHead(request, context) {
    const active = rpcMetadataOf(context)
    if (active !== undefined) metadata.set(request, active)
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
