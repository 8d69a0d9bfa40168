import { written } from './express-mount.ts'
import { type App, type ExpressRequest, hasOnePlace, locate, type Route } from './express-places.ts'
import type { RouteSource } from './index.ts'

/** How many places of one route are remembered, and of what length; a place is a `req.baseUrl`, which clients may vary. */
const MAX_PLACES = 50
const MAX_PLACE_LENGTH = 200

/** The place of a route that has but one. */
const ANYWHERE = Symbol('anywhere')

/** Whether Express has had this request, also where none of its routes matched. */
export const isExpress = (request: object) => (request as ExpressRequest).app !== undefined

/** A route for whatever no other takes. Where it answers 404, nothing was found: an app's own page for that, or Nest's. */
const CATCH_ALL = /^\/?\{?\/?\*\w*\}?$/

/** The templates of a route in an app, by its places. */
const templates = new WeakMap<App, WeakMap<Route, Map<string | typeof ANYWHERE, string>>>()

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
    const known = templates.get(app)?.get(route)
    const template = known?.get(ANYWHERE) ?? known?.get(baseUrl)
    if (template !== undefined) return template

    const place = locate(request as ExpressRequest, app, route)
    if (place === undefined) return undefined
    const found = join(place.template, route.path)
    if (hasOnePlace(app, route)) remember(app, route, ANYWHERE, found)
    // Where an error has left the routers, `baseUrl` does not tell this place from another.
    else if (place.matched === baseUrl && baseUrl.length <= MAX_PLACE_LENGTH) remember(app, route, baseUrl, found)
    return found
  },
}

function remember(app: App, route: Route, place: string | typeof ANYWHERE, template: string): void {
  const ofApp = templates.get(app) ?? new WeakMap()
  const known = ofApp.get(route) ?? new Map()
  if (known.size < MAX_PLACES) known.set(place, template)
  templates.set(app, ofApp.set(route, known))
}

/** `/` stands only at the root. */
const join = (above: string, path: unknown) => above + written(path) || '/'
