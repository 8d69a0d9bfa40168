import type { RouteSource } from './index.ts'

const META = Symbol.for('NextInternalRequestMeta')

interface NextRequest {
  readonly [META]?: { readonly invokeOutput?: unknown }
}

/**
 * Next.js: its router leaves on the request which page or route handler it chose (`/users/[id]`), and nothing where it
 * served a file or found none.
 */
export const next: RouteSource = {
  ofRequest(request) {
    const output = (request as NextRequest)[META]?.invokeOutput
    return typeof output === 'string' ? output : undefined
  },
}
