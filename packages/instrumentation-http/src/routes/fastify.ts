import diagnostics_channel from 'node:diagnostics_channel'
import { PrivateSlot } from '@agentgateway-otel/wire'
import { observeAssignment } from './observed-assignment.ts'
import type { RequestSource } from './route-source.ts'

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

/** The URL of the route of one of Node's requests, in a private field: a WeakMap takes longer. */
class RoutedRequest extends PrivateSlot {
  #url: string

  constructor(request: object, url: string) {
    super(request)
    this.#url = url
  }

  static urlOf(request: object): string | undefined {
    return #url in request ? request.#url : undefined
  }

  /** An app may pass one of Node's requests to Fastify more than once, and then the last route counts. */
  static setUrl(request: object, url: string): void {
    if (#url in request) request.#url = url
    else new RoutedRequest(request, url)
  }
}

/** The request that Fastify created last, while Node's request does not have its route yet, and the URL of that. */
let latestRequest: FastifyRequest | undefined
let latestUrl = ''

/**
 * Fastify: the route is observed as the constructor of Fastify's requests assigns it. Other ways are worse: an
 * `onRequest` hook would be listed by `printRoutes({ includeHooks: true })`, and the diagnostics channel of the
 * handlers misses the responses of hooks, of validation, and for a body that is too large.
 */
export const fastify: RequestSource = {
  watch() {
    diagnostics_channel.subscribe('fastify.initialization', onInitialization)
    return () => void diagnostics_channel.unsubscribe('fastify.initialization', onInitialization)
  },
  findRoute(request) {
    storeLatest()
    return RoutedRequest.urlOf(request)
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

/** Observes the property that holds the route, which the constructor of Fastify's requests assigns. */
function observeConstruction(Request: RequestClass): void {
  // The symbol is not exported, so it is found by the value that the constructor stores under it.
  const probe = {}
  const properties: Record<symbol, unknown> = { ...new Request('', null, null, null, null, probe) }
  const key = Object.getOwnPropertySymbols(properties).find((symbol) => properties[symbol] === probe)
  const prototype = basePrototype(Request.prototype)
  if (key === undefined || Object.hasOwn(prototype, key)) return
  observeAssignment(prototype, key, (request, value) => {
    storeLatest()
    const url = (value as RouteContext | null)?.config?.url
    if (typeof url !== 'string') return
    latestRequest = request
    latestUrl = url
  })
}

/**
 * Stores the route of the latest request under Node's request. The constructor assigns `raw` after the route, so this
 * has to wait until the next request is created, or until a route is looked up.
 */
function storeLatest(): void {
  const raw = latestRequest?.raw
  latestRequest = undefined
  if (typeof raw === 'object' && raw !== null) RoutedRequest.setUrl(raw, latestUrl)
}

/** Returns the prototype that all requests share: each instance, and each scope in one, has a subclass of its own. */
function basePrototype(prototype: object): object {
  const parent = Object.getPrototypeOf(prototype)
  return parent === Object.prototype || parent === null ? prototype : basePrototype(parent)
}
