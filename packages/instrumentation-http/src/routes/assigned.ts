import diagnostics_channel from 'node:diagnostics_channel'
import { ROUTE_CHANNEL, type RouteMessage } from '../set-route.ts'

/** How many nested mounts are remembered for one request. */
const MAX_DEPTH = 10

/** A framework's context that has the route of a request. */
interface AssignedContext {
  readonly context: object
  /** The mounts that this context and earlier ones of the request were in when the app passed them; the outermost first. */
  readonly above: readonly string[]
}

/** The templates, or the contexts that have them, that the app has passed to `setRoute`. */
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
      // Reading the app's objects may throw. Such a request keeps the route that it has.
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

/** The properties in which frameworks keep Node's request. */
interface Context {
  /** Koa. */
  readonly req?: unknown
  /** Fastify has it here, and hapi in a property of this. */
  readonly raw?: { readonly req?: unknown }
  /** Hono. */
  readonly env?: { readonly incoming?: unknown }
  /** h3 1 (Nitro, Nuxt). */
  readonly node?: { readonly req?: unknown }
  /** h3 2. */
  readonly runtime?: { readonly node?: { readonly req?: unknown } }
}

/** Returns Node's request, to which every framework's object refers; for a stream of HTTP/2, returns the stream itself. */
function incomingOf(context: Context): object {
  if (isIncoming(context)) return context
  const { req, raw, env, node, runtime } = context
  const candidates: unknown[] = [req, raw, raw?.req, env?.incoming, node?.req, runtime?.node?.req]
  return (candidates.find(isIncoming) ?? ownSymbols(context).find(isIncoming) ?? context) as object
}

/** @hono/node-server keeps Node's request on its `Request`, under a symbol of its own. */
const ownSymbols = (object: object) =>
  Object.getOwnPropertySymbols(object).map((symbol) => (object as Record<symbol, unknown>)[symbol])

const isIncoming = (value: unknown) => Array.isArray((value as { rawHeaders?: unknown } | null | undefined)?.rawHeaders)
