import type { IncomingMessage } from 'node:http'
import { mountTemplate } from './express-mount.ts'
import type { RouteSource } from './index.ts'

/** What Express 4 and 5 add to a request. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly baseUrl?: string
  readonly app?: App
  readonly route?: Route
}

interface App {
  /** The patterns under which this app was mounted into others. */
  path?(): unknown
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
interface Layer {
  readonly handle: Router
  readonly route?: Route | undefined
}

/** How many places of one route are remembered; a place is a value of `req.baseUrl`, which clients may vary. */
const MAX_PLACES = 50

const templates = new WeakMap<Route, Map<string, string>>()

/**
 * Express: `req.route` is the route, but of the routers above it a request has the raw path alone (`req.baseUrl`, and
 * not even that once an error has left them). Their templates are found by following the request's path down the
 * routers, to the route.
 */
export const express: RouteSource = {
  routeOf(request) {
    const { route, app, baseUrl = '' } = request as ExpressRequest
    if (route === undefined || app === undefined || !Array.isArray(route.stack)) return undefined
    const known = templates.get(route)
    const template = known?.get(baseUrl)
    if (template !== undefined) return template

    const place = locate(request as ExpressRequest, app, route)
    if (place === undefined) return undefined
    const found = join(place.template, route.path)
    // Where an error has left the routers, `baseUrl` does not tell this place from another.
    if (place.matched === baseUrl && (known?.size ?? 0) < MAX_PLACES) {
      templates.set(route, (known ?? new Map()).set(baseUrl, found))
    }
    return found
  },
}

/** Where a route stands: the template of all that is above it, and what of the request's path that matched. */
interface Place {
  readonly template: string
  readonly matched: string
}

function locate(request: ExpressRequest, app: App, route: Route): Place | undefined {
  const stack = (app._router ?? app.router)?.stack
  if (stack === undefined) return undefined
  const above = app.path?.() ?? ''
  const path = pathOf(request.originalUrl ?? '')
  // An app inside an app: its mount path has as many segments as it takes from the request's path.
  const matchedAbove = path.split('/', String(above).split('/').length).join('/')
  const place = find(stack, path.slice(matchedAbove.length), route)
  return place && { template: `${above}${place.template}`, matched: `${matchedAbove}${place.matched}` }
}

function find(stack: readonly Layer[], path: string, route: Route): Place | undefined {
  for (const layer of stack) {
    if (layer.route === route) return { template: '', matched: '' }
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
