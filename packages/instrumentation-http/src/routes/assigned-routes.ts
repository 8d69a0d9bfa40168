import diagnostics_channel from 'node:diagnostics_channel'
import { ROUTE_CHANNEL, type RouteMessage } from '../set-route.ts'
import { findNodeRequest } from './node-request.ts'

/** How many mounts inside each other are remembered for one request. */
const MAX_MOUNTS = 10

/** A context that the app passed to `setRoute` without a template, so that its route is read from it later. */
interface AssignedContext {
  readonly context: object
  /** The mounts that this context and earlier ones of the request were in, the outermost first. */
  readonly mounts: readonly string[]
}

/** What the app assigned to its requests by `setRoute`. */
export interface AssignedRoutes {
  /** Returns the template of Node's request, or the context that knows it; undefined where the app assigned none. */
  get(request: object): string | AssignedContext | undefined
  stop(): void
}

/** Remembers, for as long as a request exists, what the app passes to `setRoute` for it. */
export function watchAssignedRoutes(
  findMount: (context: object, previous: object | undefined) => string | undefined,
): AssignedRoutes {
  const assigned = new WeakMap<object, string | AssignedContext>()

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

  function assignContext(nodeRequest: object, context: object): void {
    const previous = assigned.get(nodeRequest)
    if (typeof previous === 'string') return
    const mount = findMount(context, previous?.context)
    const mounts = previous?.mounts ?? NO_MOUNTS
    const isNew = mount !== undefined && mount !== mounts.at(-1) && mounts.length < MAX_MOUNTS
    assigned.set(nodeRequest, { context, mounts: isNew ? [...mounts, mount] : mounts })
  }

  diagnostics_channel.subscribe(ROUTE_CHANNEL, onMessage)
  return {
    get: (request) => assigned.get(request),
    stop: () => void diagnostics_channel.unsubscribe(ROUTE_CHANNEL, onMessage),
  }
}

const NO_MOUNTS: readonly string[] = []
