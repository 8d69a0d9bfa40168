/** Returns the path of a request's target, without the query and without the origin of an absolute target. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '')
  const query = path.indexOf('?')
  return query === -1 ? path : path.slice(0, query)
}

/** The members that frameworks add to Node's request when they change its `url`. */
interface Routed {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
}

/** Returns the path that the framework received: under Express, without the part that the mounts above removed. */
export function arrivedPath(request: object): string {
  const { url = '', originalUrl = url, baseUrl = '' } = request as Routed
  const path = pathOf(originalUrl)
  return path.startsWith(baseUrl) ? path.slice(baseUrl.length) || '/' : path
}

/** Returns a route's template with that of the mount above it. */
export const mounted = (mount: string, template: string) =>
  mount !== '' && template === '/' ? mount : mount + template
