import { removedPrefix } from './removed-prefix.ts'
import type { LinkedSource } from './route-source.ts'
import { pathOf } from './target-path.ts'
import { joinTemplates } from './template.ts'

/** What is published as a route is added: it, and what the tree keeps of it at the end of its path. */
interface RouteMessage {
  readonly handler?: RouteHandler
  readonly route?: Route
}

/** What is published as a request is looked up: a `LinkMessage` that has one of these properties. */
interface LookupMessage {
  /** A request that is looked up. */
  readonly lookup?: LookedUpRequest
  /** What the routes found at the end of a path that the search has come to; null where none has these constraints. */
  readonly found?: RouteHandler | null
  /** The constraints of the request that is looked up, or of the search; undefined if no route has any. */
  readonly constraints?: object | undefined
}

interface Route {
  readonly method: string
  readonly path: string
  /** What the app gave besides the handler; for Fastify's routes, which are found elsewhere, an object of Fastify's. */
  readonly store?: { readonly server?: { readonly printRoutes?: unknown } }
}

const isFastifyRoute = ({ store }: Route) => store?.server?.printRoutes !== undefined

type RouteHandler = object

interface LookedUpRequest {
  readonly method: string
  readonly url: string
}

interface Lookup {
  readonly route: Route
  readonly path: string
}

const routes = new WeakMap<RouteHandler, Route>()
const lookups = new WeakMap<object, Lookup>()

/** Whether the app itself has added a route. Those that Fastify adds are found elsewhere. */
let hasOwnRoutes = false

/** The request that is looked up, while the search has not found its route. */
let current: LookedUpRequest | undefined

/**
 * The same for requests that have constraints, by these: where the app derives some asynchronously, other requests are looked up before
 * the search.
 */
const constrained = new WeakMap<object, LookedUpRequest>()

const GET_HANDLER = 'getMatchingHandler (derivedConstraints) {'
const FOUND = '{ found: $v, constraints: derivedConstraints }'

/**
 * find-my-way, where the app itself looks up requests in it: what its search returns does not say which route it is, so that is
 * observed as the search comes to the end of a path.
 */
export const findMyWay: LinkedSource = {
  sourceLinks: [
    {
      below: 'addHandler (constrainer, route) {',
      after: 'this.handlers.push(handlerObject)',
      message: '{ handler: handlerObject, route }',
    },
  ],
  requestLinks: [
    {
      below: 'deriveConstraints (req, ctx, done) {',
      after: 'const constraints = this.deriveSyncConstraints(req, ctx)',
      message: '{ request: req, context: req, lookup: req, constraints }',
    },
    // Constraints that the app derives asynchronously are added to these, and the search begins once it has derived them.
    {
      below: 'deriveAsyncConstraints (constraints, req, ctx, done) {',
      after: 'constraints = constraints || {}',
      message: '{ request: req, context: req, lookup: req, constraints }',
    },
    {
      below: GET_HANDLER,
      after: 'return this.unconstrainedHandler',
      message: FOUND,
      returns: true,
    },
    {
      below: GET_HANDLER,
      after: 'return this._getHandlerMatchingConstraints(derivedConstraints)',
      message: FOUND,
      returns: true,
    },
  ],
  hasRequests: () => hasOwnRoutes,
  onLink,
  findContextRoute(context, { request, target, bases }) {
    const lookup = lookups.get(context)
    if (lookup === undefined || isFastifyRoute(lookup.route)) return undefined
    const prefix = removedPrefix(request, target, lookup.path, bases)
    return prefix === undefined ? undefined : joinTemplates(prefix, lookup.route.path)
  },
}

function onLink(message: object): void {
  const { handler, route, lookup, constraints, found } = message as RouteMessage & LookupMessage
  if (found !== undefined) onFound(found, constraints)
  else if (lookup !== undefined) {
    current = constraints === undefined ? lookup : undefined
    if (constraints !== undefined) constrained.set(constraints, lookup)
  } else if (handler !== undefined && route !== undefined) {
    routes.set(handler, route)
    hasOwnRoutes ||= !isFastifyRoute(route)
  }
}

function onFound(handler: RouteHandler | null, constraints: object | undefined): void {
  const request = constraints === undefined ? current : constrained.get(constraints)
  const route = handler === null ? undefined : routes.get(handler)
  // The app may search for something else itself, where the request that was looked up last has no route.
  if (request === undefined || route?.method !== request.method || !beginsLike(request.url, route.path)) return
  lookups.set(request, { route, path: pathOf(request.url) })
  if (constraints === undefined) current = undefined
  else constrained.delete(constraints)
}

/** Returns whether a path begins as the template does before its first parameter. */
function beginsLike(url: string, template: string): boolean {
  const end = template.split('').findIndex((character) => character === ':' || character === '*')
  const start = end === -1 ? template : template.slice(0, end)
  return decode(pathOf(url)).toLowerCase().startsWith(start.toLowerCase())
}

function decode(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
