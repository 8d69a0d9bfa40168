import type { RouteSource } from './route-source.ts'

const META = Symbol.for('NextInternalRequestMeta')

interface NextRequest {
  readonly [META]?: { readonly invokeOutput?: unknown }
}

/**
 * Reads the page or route handler that the router of Next.js chose (`/users/[id]`) from the request. There is none if it served a
 * file or found nothing.
 */
export const next: RouteSource = {
  ofRequest(request) {
    const output = (request as NextRequest)[META]?.invokeOutput
    return typeof output === 'string' ? output : undefined
  },
}
