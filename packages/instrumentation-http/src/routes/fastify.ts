import diagnostics_channel from 'node:diagnostics_channel'
import type { RouteSource } from './route-source.ts'

/** The message that Fastify 4 and 5 publish when an instance is created. */
interface Initialization {
  /** The instance, which keeps its class of requests under a symbol with the description `REQUEST_CLASS`. */
  readonly fastify: Readonly<Record<symbol, RequestClass | undefined>>
}

const REQUEST_CLASS = 'fastify.Request'

interface RequestClass {
  new (id: string, params: null, raw: null, query: null, log: null, context: object): FastifyRequest
  readonly prototype: FastifyRequest
}

interface FastifyRequest {
  readonly raw?: unknown
}

/** The route that Fastify's router has found. Its URL is undefined if it has found none. */
interface RouteContext {
  readonly config?: { readonly url?: unknown }
}

const routes = new WeakMap<object, string>()

/** The request that was created last, until its `raw` request is known, and the URL of its route. */
let latest: FastifyRequest | undefined
let latestUrl = ''

/**
 * Reads Fastify's route when the constructor of its requests assigns it to them. An `onRequest` hook would appear in
 * `printRoutes({ includeHooks: true })`, and Fastify's channel for handlers misses responses that hooks or the validation give, and
 * those to a body that is too large.
 */
export const fastify: RouteSource = {
  watch() {
    diagnostics_channel.subscribe('fastify.initialization', onInitialization)
    return () => void diagnostics_channel.unsubscribe('fastify.initialization', onInitialization)
  },
  ofRequest(request) {
    linkLatest()
    return routes.get(request)
  },
}

function onInitialization(message: unknown): void {
  try {
    const { fastify } = message as Initialization
    const symbol = Object.getOwnPropertySymbols(fastify).find(({ description }) => description === REQUEST_CLASS)
    const Request = symbol && fastify[symbol]
    if (Request !== undefined) observeConstruction(Request)
  } catch {
    // The routes of an instance with other properties stay unknown.
  }
}

/**
 * Adds a setter that receives the assignment of the route. It defines the same property, under the same symbol, that the
 * assignment would have, so requests look as they do without it.
 */
function observeConstruction(Request: RequestClass): void {
  const probe = {}
  const made: Record<symbol, unknown> = { ...new Request('', null, null, null, null, probe) }
  const key = Object.getOwnPropertySymbols(made).find((symbol) => made[symbol] === probe)
  const prototype = basePrototype(Request.prototype)
  if (key === undefined || Object.hasOwn(prototype, key)) return
  Object.defineProperty(prototype, key, {
    configurable: true,
    set(this: FastifyRequest, value: unknown) {
      Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true })
      try {
        linkLatest()
        const url = (value as RouteContext | null)?.config?.url
        if (typeof url !== 'string') return
        latest = this
        latestUrl = url
      } catch {
        // A request without a route is `unknown`.
      }
    },
  })
}

/**
 * Links the route to Node's request. That is assigned after the route, so it is read when the next request is created, or when the
 * route is needed.
 */
function linkLatest(): void {
  const raw = latest?.raw
  latest = undefined
  if (typeof raw === 'object' && raw !== null) routes.set(raw, latestUrl)
}

/** Returns the prototype from which all are derived: each instance, and each scope in one, has a class of its own. */
function basePrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype)
  return parent === Object.prototype || parent === null ? prototype : basePrototype(parent)
}
