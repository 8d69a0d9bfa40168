import diagnostics_channel from 'node:diagnostics_channel'
import type { RouteSource } from './index.ts'

/** What Fastify 4 and 5 publish when an instance is made. */
interface Initialization {
  /** Keeps its class of requests under a symbol of this description. */
  readonly fastify: Readonly<Record<symbol, { readonly prototype?: FastifyRequest } | undefined>>
}

const REQUEST_CLASS = 'fastify.Request'

interface FastifyRequest {
  raw: object
  /** The route that Fastify's router found; its URL is undefined where it found none. */
  readonly routeOptions?: { readonly url?: string | undefined }
}

const routes = new WeakMap<object, string>()

/**
 * Fastify: the route is read as its constructor of requests assigns `raw`, Node's request. An `onRequest` hook would be
 * listed by `printRoutes({ includeHooks: true })`, and the channel of the handlers would miss the responses of hooks,
 * of validation and for a body that is too large.
 */
export const fastify: RouteSource = {
  watch() {
    diagnostics_channel.subscribe('fastify.initialization', onInitialization)
    return () => void diagnostics_channel.unsubscribe('fastify.initialization', onInitialization)
  },
  ofRequest: (request) => routes.get(request),
}

function onInitialization(message: unknown): void {
  try {
    const { fastify } = message as Initialization
    const symbol = Object.getOwnPropertySymbols(fastify).find(({ description }) => description === REQUEST_CLASS)
    const prototype = symbol && fastify[symbol]?.prototype
    if (prototype !== undefined) observeConstruction(basePrototype(prototype))
  } catch {
    // An instance of another shape has unknown routes.
  }
}

/** The instances, and the scopes in them, each have a class of their own; all derive from one. */
function basePrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype)
  return parent === Object.prototype || parent === null ? prototype : basePrototype(parent)
}

/**
 * Lets a setter receive the assignment of `raw` in the constructor. The setter gives the request the same property that
 * the assignment would have, so that nothing of it shows on any request.
 */
function observeConstruction(prototype: object): void {
  if (Object.hasOwn(prototype, 'raw')) return
  Object.defineProperty(prototype, 'raw', {
    configurable: true,
    set(this: FastifyRequest, raw: object) {
      Object.defineProperty(this, 'raw', { value: raw, writable: true, enumerable: true, configurable: true })
      try {
        const url = this.routeOptions?.url
        if (url !== undefined) routes.set(raw, url)
      } catch {
        // A request without a route is `unknown`.
      }
    },
  })
}
