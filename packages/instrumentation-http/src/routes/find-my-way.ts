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
  /** A request that is looked up; and its constraints, undefined if no route has any. */
  readonly lookup?: LookedUpRequest
  readonly constraints?: object | undefined
  /** Whether more constraints are derived, and the search begins later. */
  readonly isLater?: boolean
  /** The end of a path that the search has come to, where there may be a route with these constraints. */
  readonly storage?: HandlerStorage
}

interface Route {
  readonly method: string
  readonly path: string
  /** What the app gave besides the handler; for Fastify's routes, which are found elsewhere, an object of Fastify's. */
  readonly store?: { readonly server?: { readonly printRoutes?: unknown } }
}

const isFastifyRoute = ({ store }: Route) => store?.server?.printRoutes !== undefined

interface RouteHandler {
  readonly constraints?: object
}

interface LookedUpRequest {
  readonly method: string
  readonly url: string
}

interface HandlerStorage {
  readonly unconstrainedHandler: RouteHandler | null
  /** The names of the constraints that routes here have. */
  readonly constraints: readonly string[]
  _getHandlerMatchingConstraints(constraints: object): RouteHandler | null
}

interface Lookup {
  readonly route: Route
  readonly path: string
}

/** The constraints that find-my-way has itself: to match the others again, functions of the app would have to run. */
const OWN_CONSTRAINTS = ['host', 'version']

const routes = new WeakMap<RouteHandler, Route>()
const lookups = new WeakMap<object, Lookup>()

/** Whether the app itself has added a route. Those that Fastify adds are found elsewhere. */
let hasOwnRoutes = false

/** The request that is looked up, while the search has not found its route. */
let current: LookedUpRequest | undefined

/** The same for requests that have constraints, by these: they may be looked up once others have been. */
const constrained = new WeakMap<object, LookedUpRequest>()

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
      message:
        '{ request: req, context: req, lookup: req, constraints, isLater: done !== undefined && this.asyncStrategiesInUse?.size > 0 }',
    },
    {
      after: 'getMatchingHandler (derivedConstraints) {',
      message: '{ storage: this, constraints: derivedConstraints }',
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
  const { handler, route, lookup, constraints, isLater, storage } = message as RouteMessage & LookupMessage
  if (storage !== undefined) onSearch(storage, constraints)
  else if (lookup !== undefined) {
    current = constraints === undefined && !isLater ? lookup : undefined
    if (constraints !== undefined) constrained.set(constraints, lookup)
  } else if (handler !== undefined && route !== undefined) {
    routes.set(handler, route)
    hasOwnRoutes ||= !isFastifyRoute(route)
  }
}

function onSearch(storage: HandlerStorage, constraints: object | undefined): void {
  const request = constraints === undefined ? current : constrained.get(constraints)
  if (request === undefined) return
  const handler = constraints === undefined ? storage.unconstrainedHandler : findConstrained(storage, constraints)
  const route = handler ? routes.get(handler) : undefined
  // The app may search for something else itself, where the request that was looked up last has no route.
  if (route === undefined || route.method !== request.method || !beginsLike(request.url, route.path)) return
  lookups.set(request, { route, path: pathOf(request.url) })
  if (constraints === undefined) current = undefined
  else constrained.delete(constraints)
}

const findConstrained = (storage: HandlerStorage, constraints: object) =>
  [...storage.constraints, ...Object.keys(constraints)].every((name) => OWN_CONSTRAINTS.includes(name))
    ? storage._getHandlerMatchingConstraints(constraints)
    : null

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
