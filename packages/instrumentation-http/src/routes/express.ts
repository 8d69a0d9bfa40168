import type { ServerResponse } from 'node:http'
import { type MountLayer, matchLayer, mountTemplate, written } from './express-mount.ts'
import type { RouteSource } from './index.ts'

/** What Express 4 and 5 add to a request. */
interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
  readonly app?: App
  readonly route?: Route
  readonly res?: ServerResponse
}

interface App {
  /** Of an app mounted into another: where, and which. */
  readonly mountpath?: string | RegExp | readonly (string | RegExp)[]
  readonly parent?: App
  /** Express 4; `router` throws there. */
  readonly _router?: Router
  /** Express 5. */
  readonly router?: Router
}

interface Router {
  readonly stack?: readonly Layer[]
}

interface Route {
  readonly path: unknown
  readonly stack: readonly unknown[]
}

/** One entry of a router: a route, or a handler (another router among them) mounted at a path. */
interface Layer extends MountLayer {
  readonly handle: Router
  readonly route?: Route | undefined
}

/** How many places of one route are remembered; a place is a value of `req.baseUrl`, which clients may vary. */
const MAX_PLACES = 50

/** Whether Express has had this request, also where none of its routes matched. */
export const isExpress = (request: object) => (request as ExpressRequest).app !== undefined

/** A route for whatever no other takes. Where it answers 404, nothing was found: an app's own page for that, or Nest's. */
const CATCH_ALL = /^\/?\{?\/?\*\w*\}?$/

/** The template of a route; where its router is mounted more than once, that of each place. */
const templates = new WeakMap<Route, string | Map<string, string>>()

/**
 * Express: `req.route` is the route, but of the routers above it a request has the raw path alone (`req.baseUrl`, and
 * not even that once an error has left them). Their templates are found by following the request's path down the
 * routers, to the route.
 */
export const express: RouteSource = {
  ofRequest(request) {
    const { route } = request as ExpressRequest
    if (route === undefined) return undefined
    const { app, baseUrl = '', res } = request as ExpressRequest
    if (app === undefined || !Array.isArray(route.stack)) return undefined
    if (res?.statusCode === 404 && CATCH_ALL.test(String(route.path))) return undefined
    const known = templates.get(route)
    const template = typeof known === 'object' ? known.get(baseUrl) : known
    if (template !== undefined) return template

    const { stack = [] } = app._router ?? app.router ?? {}
    const place = locate(stack, request as ExpressRequest, app, route)
    if (place === undefined) return undefined
    const found = join(place.template, route.path)
    if (countPlaces(stack, route) === 1) templates.set(route, found)
    // Where an error has left the routers, `baseUrl` does not tell this place from another.
    else if (place.matched === baseUrl) remember(route, baseUrl, found)
    return found
  },
}

function remember(route: Route, baseUrl: string, template: string): void {
  const known = templates.get(route)
  const places = typeof known === 'object' ? known : new Map<string, string>()
  if (places.size < MAX_PLACES) templates.set(route, places.set(baseUrl, template))
}

function countPlaces(stack: readonly Layer[], route: Route): number {
  return stack.reduce(
    (sum, layer) => sum + (layer.route === route ? 1 : countPlaces(layer.handle.stack ?? [], route)),
    0,
  )
}

/** Where a route stands: the template of all that is above it, and what of the request's path that matched. */
interface Place {
  readonly template: string
  readonly matched: string
}

function locate(stack: readonly Layer[], request: ExpressRequest, app: App, route: Route): Place | undefined {
  const { baseUrl = '', url = '', originalUrl = '' } = request
  // The first is what was routed, whatever a middleware made of the URL; a route may change it later, for a proxy.
  for (const path of new Set([baseUrl + pathOf(url), pathOf(originalUrl)])) {
    for (const above of mountsOf(app)) {
      const matchedAbove = path.split('/', above.depth + 1).join('/')
      const place = find(stack, path.slice(matchedAbove.length), route)
      if (place) return { template: above.template + place.template, matched: matchedAbove + place.matched }
    }
  }
  return undefined
}

/**
 * Where an app is mounted into others: the template, and how many segments of a path it takes. More than one where it
 * is mounted at several paths at once.
 */
function mountsOf({ parent, mountpath }: App): { template: string; depth: number }[] {
  if (parent === undefined) return [{ template: '', depth: 0 }]
  return mountsOf(parent).flatMap(({ template, depth }) =>
    [mountpath ?? ''].flat().map((path) => ({
      template: template + written(mountpath ?? ''),
      depth: depth + written(path).split('/').length - 1,
    })),
  )
}

function find(stack: readonly Layer[], path: string, route: Route): Place | undefined {
  for (const layer of stack) {
    if (layer.route === route && matchLayer(layer, path)) return { template: '', matched: '' }
    const inner = layer.handle.stack
    if (layer.route !== undefined || inner === undefined) continue
    const mount = mountTemplate(layer, path)
    const place = mount && find(inner, path.slice(mount.matched.length), route)
    if (place) return { template: mount.template + place.template, matched: mount.matched + place.matched }
  }
  return undefined
}

/** The path of a request's target, which may be absolute. */
const pathOf = (target: string) => target.replace(/^https?:\/\/[^/?]*/, '').replace(/\?.*$/s, '')

/** A route's path as it was written in the app, a string, a regular expression, or several; `/` only at the root. */
function join(above: string, path: unknown): string {
  if (path === '/') return above === '' ? '/' : above
  return above + (Array.isArray(path) ? path.flat().join(',') : String(path))
}
