import diagnostics_channel from 'node:diagnostics_channel'
import type { RouteSource } from './index.ts'

/** What Fastify 4 and 5 publish when an instance is made. */
interface Initialization {
  /** Keeps its class of requests under a symbol of this description. */
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

/** The route that Fastify's router has found; its URL is undefined where it has found none. */
interface RouteContext {
  readonly config?: { readonly url?: unknown }
}

const routes = new WeakMap<object, string>()

/** The request that was made last, until Node's own is known of it, and the URL of its route. */
let latest: FastifyRequest | undefined
let latestUrl = ''

/**
 * Fastify: the route is read as the constructor of its requests assigns it to them. An `onRequest` hook would be listed
 * by `printRoutes({ includeHooks: true })`, and the channel of the handlers would miss the responses of hooks, of
 * validation and for a body that is too large.
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
    // An instance of another shape has unknown routes.
  }
}

/**
 * Lets a setter receive the assignment of the route. The setter gives the request the same property that the assignment
 * would have, under the same symbol, so that nothing of it shows on any request or in its names.
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

/** Node's request is assigned after the route, so it is read when the next is made, or when the route is asked for. */
function linkLatest(): void {
  const raw = latest?.raw
  latest = undefined
  if (typeof raw === 'object' && raw !== null) routes.set(raw, latestUrl)
}

/** The instances, and the scopes in them, each have a class of their own; all derive from one. */
function basePrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype)
  return parent === Object.prototype || parent === null ? prototype : basePrototype(parent)
}
