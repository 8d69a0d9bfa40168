import type { RequestSource } from './route-source.ts'

const REQUEST_META = Symbol.for('NextInternalRequestMeta')

interface NextRequest {
  readonly [REQUEST_META]?: { readonly invokeOutput?: unknown }
}

/**
 * Next.js: its router leaves on the request the page or route handler that it chose (`/users/[id]`), and nothing where
 * it served a file or found no page.
 */
export const next: RequestSource = {
  findRoute(request) {
    const page = (request as NextRequest)[REQUEST_META]?.invokeOutput
    return typeof page === 'string' ? page : undefined
  },
}
