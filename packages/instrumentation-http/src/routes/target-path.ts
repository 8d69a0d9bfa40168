/** The path of a request's target: without its query, and without the origin of an absolute one. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '')
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}

/** What frameworks add to a request of Node's when they change its `url`. */
interface Routed {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
}

/** The path that came to the framework which has the request: under Express, without what the mounts above took. */
export function arrivedPath(request: object): string {
  const { url = '', originalUrl = url, baseUrl = '' } = request as Routed
  const path = pathOf(originalUrl)
  return path.startsWith(baseUrl) ? path.slice(baseUrl.length) || '/' : path
}

/** A route's template with that of the mount above it. */
export const mounted = (mount: string, template: string) =>
  mount !== '' && template === '/' ? mount : mount + template
