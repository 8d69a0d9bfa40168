/** Returns the path of a request's target: without its query, and without the origin of a target in absolute form. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '')
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}

/** What frameworks add to Node's request when they change its `url`. */
interface RewrittenRequest {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
}

/** Returns the path that the client requested, without what the mounts of an Express app around the framework took. */
export function pathBelowExpress(request: object): string {
  const { url = '', originalUrl = url, baseUrl = '' } = request as RewrittenRequest
  const path = pathOf(originalUrl)
  return path.startsWith(baseUrl) ? path.slice(baseUrl.length) || '/' : path
}

/** Returns a path, or a template, without the slash at its end. */
export const trimSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path)
