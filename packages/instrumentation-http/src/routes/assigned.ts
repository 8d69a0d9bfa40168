import diagnostics_channel from 'node:diagnostics_channel'
import { ROUTE_CHANNEL, type RouteMessage } from '../set-route.ts'

/** How deep mounts in each other are remembered for one request. */
const MAX_DEPTH = 10

/** A context that knows the route, and the mounts that it, or those before it, was in as they were given. */
interface AssignedContext {
  readonly context: object
  readonly above: readonly string[]
}

/** What the app said of its requests by `setRoute`: their templates, or contexts that know them. */
export interface AssignedRoutes {
  of(request: object): string | AssignedContext | undefined
  stop(): void
}

export function watchAssignedRoutes(
  mountOf: (context: object, previous: object | undefined) => string | undefined,
): AssignedRoutes {
  const assigned = new WeakMap<object, string | AssignedContext>()

  function onRoute(message: unknown): void {
    try {
      const { request, template } = message as RouteMessage
      if (typeof request !== 'object' || request === null) return
      const incoming = incomingOf(request as Context)
      if (typeof template === 'string' && template !== '') assigned.set(incoming, template)
      else if (template === undefined) assignContext(incoming, request)
    } catch {
      // The app's objects may throw when they are read: such a request keeps the route that it has.
    }
  }

  function assignContext(incoming: object, context: object): void {
    const previous = assigned.get(incoming)
    if (typeof previous === 'string') return
    const mount = mountOf(context, previous?.context)
    const above = previous?.above ?? NONE
    const isNew = mount !== undefined && mount !== above.at(-1) && above.length < MAX_DEPTH
    assigned.set(incoming, { context, above: isNew ? [...above, mount] : above })
  }

  diagnostics_channel.subscribe(ROUTE_CHANNEL, onRoute)
  return {
    of: (request) => assigned.get(request),
    stop: () => void diagnostics_channel.unsubscribe(ROUTE_CHANNEL, onRoute),
  }
}

const NONE: readonly string[] = []

/** Where frameworks keep Node's request. */
interface Context {
  /** Koa. */
  readonly req?: unknown
  /** Fastify; of hapi one step further. */
  readonly raw?: { readonly req?: unknown }
  /** Hono. */
  readonly env?: { readonly incoming?: unknown }
  /** h3 1 (Nitro, Nuxt). */
  readonly node?: { readonly req?: unknown }
  /** h3 2. */
  readonly runtime?: { readonly node?: { readonly req?: unknown } }
}

/** Node's request, which all that frameworks hand to an app leads to; else, for a stream of HTTP/2, the thing itself. */
function incomingOf(context: Context): object {
  if (isIncoming(context)) return context
  const { req, raw, env, node, runtime } = context
  const places: unknown[] = [req, raw, raw?.req, env?.incoming, node?.req, runtime?.node?.req]
  return (places.find(isIncoming) ?? ownSymbols(context).find(isIncoming) ?? context) as object
}

/** @hono/node-server keeps it on its `Request`, under a symbol of its own. */
const ownSymbols = (object: object) =>
  Object.getOwnPropertySymbols(object).map((symbol) => (object as Record<symbol, unknown>)[symbol])

const isIncoming = (value: unknown) => Array.isArray((value as { rawHeaders?: unknown } | null | undefined)?.rawHeaders)
