import diagnostics_channel from 'node:diagnostics_channel'
import type { RouteSource } from './route-source.ts'

/** What Fastify 4 and 5 publish when an instance is created. */
interface InitializationMessage {
  /** The instance keeps its class of requests under a symbol with the description `fastify.Request`. */
  readonly fastify: Readonly<Record<symbol, RequestClass | undefined>>
}

const REQUEST_CLASS = 'fastify.Request'

interface RequestClass {
  new (id: string, params: null, raw: null, query: null, log: null, context: object): FastifyRequest
  readonly prototype: FastifyRequest
}

interface FastifyRequest {
  /** Node's request. */
  readonly raw?: unknown
}

/** The route that Fastify's router found; its URL is undefined where the router found none. */
interface RouteContext {
  readonly config?: { readonly url?: unknown }
}

/** The URLs of routes, by Node's request. */
const routes = new WeakMap<object, string>()

/** The request that Fastify created last, while `routes` does not have it yet, and the URL of its route. */
let latestRequest: FastifyRequest | undefined
let latestUrl = ''

/**
 * Fastify: the route is observed as the constructor of Fastify's requests assigns it. Other ways are worse: an
 * `onRequest` hook would be listed by `printRoutes({ includeHooks: true })`, and the diagnostics channel of the
 * handlers misses the responses of hooks, of validation, and for a body that is too large.
 */
export const fastify: RouteSource = {
  watch() {
    diagnostics_channel.subscribe('fastify.initialization', onInitialization)
    return () => void diagnostics_channel.unsubscribe('fastify.initialization', onInitialization)
  },
  findRoute(request) {
    storeLatest()
    return routes.get(request)
  },
}

function onInitialization(message: unknown): void {
  try {
    const { fastify } = message as InitializationMessage
    const symbol = Object.getOwnPropertySymbols(fastify).find(({ description }) => description === REQUEST_CLASS)
    const Request = symbol && fastify[symbol]
    if (Request !== undefined) observeConstruction(Request)
  } catch {
    // The routes of an instance with another shape are unknown.
  }
}

/**
 * Puts a setter on the prototype of Fastify's requests, under the symbol of the property that holds the route. The
 * setter defines on the request the same property that the assignment would have created, so that an app sees no
 * difference in a request or in its keys.
 */
function observeConstruction(Request: RequestClass): void {
  // The symbol is not exported, so it is found by the value that the constructor stores under it.
  const probe = {}
  const properties: Record<symbol, unknown> = { ...new Request('', null, null, null, null, probe) }
  const key = Object.getOwnPropertySymbols(properties).find((symbol) => properties[symbol] === probe)
  const prototype = basePrototype(Request.prototype)
  if (key === undefined || Object.hasOwn(prototype, key)) return
  Object.defineProperty(prototype, key, {
    configurable: true,
    set(this: FastifyRequest, value: unknown) {
      Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true })
      try {
        storeLatest()
        const url = (value as RouteContext | null)?.config?.url
        if (typeof url !== 'string') return
        latestRequest = this
        latestUrl = url
      } catch {
        // The route of this request is unknown.
      }
    },
  })
}

/**
 * Stores the route of the latest request under Node's request. The constructor assigns `raw` after the route, so this
 * has to wait until the next request is created, or until a route is looked up.
 */
function storeLatest(): void {
  const raw = latestRequest?.raw
  latestRequest = undefined
  if (typeof raw === 'object' && raw !== null) routes.set(raw, latestUrl)
}

/** Returns the prototype that all requests share: each instance, and each scope in one, has a subclass of its own. */
function basePrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype)
  return parent === Object.prototype || parent === null ? prototype : basePrototype(parent)
}
