import diagnostics_channel from 'node:diagnostics_channel'
import { ROUTE_CHANNEL, type RouteMessage } from '../set-route.ts'
import { isExpressRequest } from './express/index.ts'
import type { LinkMessage } from './link-channels.ts'
import { findNodeRequest } from './node-request.ts'

/** How many mounts inside each other are remembered for one request. */
const MAX_MOUNTS = 10

/** How many prefixes are remembered. They are in the app's code, unless the app makes them of what clients send. */
const MAX_BASES = 50

/** A context whose route is read from it later: one of a framework, or one that the app passed to `setRoute` without a template. */
export interface LinkedContext {
  readonly context: object
  /** The mounts that this context and earlier ones of the request were in, the outermost first. */
  readonly mounts: readonly string[]
  /** What is known about the prefixes that frameworks remove from paths; undefined if the app passed the context to `setRoute`. */
  readonly bases: ReadonlySet<string> | undefined
  /** Whether an app of Express had got the request when its first context was linked. */
  readonly isBelowExpress: boolean
}

/** What the app, or its framework, has linked to requests. */
export interface AssignedRoutes {
  /** The prefixes that frameworks have removed from paths so far, as the app wrote them. */
  readonly bases: ReadonlySet<string>
  /** Returns the template of Node's request, or the context that knows it; undefined where nothing is linked to it. */
  get(request: object): string | LinkedContext | undefined
  /** Takes what a framework says of a request. Nothing has checked the message, and reading it may throw. */
  link(message: LinkMessage): void
  stop(): void
}

/** Remembers, for as long as a request exists, what is linked to it, and what the app passes to `setRoute` for it. */
export function watchAssignedRoutes(
  findMount: (context: object, previous: object | undefined) => string | undefined,
): AssignedRoutes {
  const assigned = new WeakMap<object, string | LinkedContext>()
  const bases = new Set<string>()

  function onMessage(message: unknown): void {
    try {
      const { request, template } = message as RouteMessage
      if (typeof request !== 'object' || request === null) return
      const nodeRequest = findNodeRequest(request)
      if (typeof template === 'string' && template !== '') assigned.set(nodeRequest, template)
      else if (template === undefined) assignContext(nodeRequest, request)
    } catch {
      // The app's objects may throw when they are read; the request then keeps the route that it has.
    }
  }

  function link({ request, context, base }: LinkMessage): void {
    if (isObject(request) && isObject(context)) assignContext(findNodeRequest(request), context, bases)
    // Empty, a prefix would be a part of every path.
    else if (typeof base === 'string' && base !== '' && bases.size < MAX_BASES) bases.add(base)
  }

  /** Links a context to Node's request. A template that the app has set stays. */
  function assignContext(nodeRequest: object, context: object, knownBases?: ReadonlySet<string>): void {
    const previous = assigned.get(nodeRequest)
    if (typeof previous === 'string') return
    const mount = findMount(context, previous?.context)
    const mounts = previous?.mounts ?? NO_MOUNTS
    const isNew = mount !== undefined && mount !== mounts.at(-1) && mounts.length < MAX_MOUNTS
    assigned.set(nodeRequest, {
      context,
      mounts: isNew ? [...mounts, mount] : mounts,
      bases: knownBases ?? previous?.bases,
      isBelowExpress: previous?.isBelowExpress ?? isExpressRequest(nodeRequest),
    })
  }

  diagnostics_channel.subscribe(ROUTE_CHANNEL, onMessage)
  return {
    bases,
    get: (request) => assigned.get(request),
    link,
    stop: () => void diagnostics_channel.unsubscribe(ROUTE_CHANNEL, onMessage),
  }
}

const NO_MOUNTS: readonly string[] = []

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
