import type { Context } from '@opentelemetry/api'

/** The key of `getRPCMetadata` in @opentelemetry/core; the API makes such keys with `Symbol.for`. */
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

/** HttpInstrumentation creates one for each request, and the instrumentations of frameworks set the route on it. */
export interface RpcMetadata {
  readonly route?: string
  /** The server span. */
  readonly span?: { readonly attributes?: { readonly 'http.route'?: unknown } }
}

/** Returns the metadata of the request that this context of the app is of; undefined if there is none. */
export function rpcMetadataOf(context: Context): RpcMetadata | undefined {
  try {
    const metadata = context.getValue(RPC_METADATA)
    return typeof metadata === 'object' && metadata !== null ? metadata : undefined
  } catch {
    // The app's context may throw; then nothing is known of the request from here.
    return undefined
  }
}
