import diagnostics_channel from 'node:diagnostics_channel'
import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Context } from '@opentelemetry/api'
import { type AssignedRoutes, watchAssignedRoutes } from './assigned-routes.ts'
import { express, findExpressMount, isExpressRequest } from './express/index.ts'
import { ROUTE_SOURCES } from './index.ts'
import { type LinkMessage, linkChannel, requestChannel, watchLoadedSources } from './loaded-sources.ts'
import type { RouteSource } from './route-source.ts'
import { isNotFoundPage, joinTemplates } from './template.ts'

const SOURCES = Object.entries(ROUTE_SOURCES)
const SOURCE_LINKS = SOURCES.flatMap(([name, { sourceLinks = [], requestLinks = [] }]) => [
  ...sourceLinks.map((link) => ({ ...link, channel: linkChannel(name) })),
  ...requestLinks.map((link) => ({ ...link, channel: requestChannel(name) })),
])
const ON_RESPONSE_HEAD = SOURCES.flatMap(([, { onResponseHead }]) => onResponseHead ?? [])
const FIND_ROUTE = SOURCES.flatMap(([, { findRoute }]) => findRoute ?? [])
/** For Express in a framework that has contexts: it responded, so its route counts. */
const FIND_EXPRESS_ROUTE = [express].flatMap(({ findRoute }) => findRoute ?? [])
const FIND_CONTEXT_ROUTE = SOURCES.flatMap(([, { findContextRoute }]) => findContextRoute ?? [])
const FIND_CONTEXT_MOUNT = SOURCES.flatMap(([, { findContextMount }]) => findContextMount ?? [])

/** Finds the routes of requests, whichever framework serves them. */
export interface RouteFinder {
  /** Has to be called as the head of a response is sent, if a context of OpenTelemetry is active. */
  onResponseHead(request: object, context: Context): void
  /**
   * Returns the template of the route that served a request, or `unknown`; never the path of the request.
   *
   * @param status the status that was sent; 0 when no head was sent
   * @param target the request's target as the client sent it
   */
  find(request: object, status: number, target: string): string
  stop(): void
}

/** Where routes come from: the frameworks and `setRoute`, or `setRoute` alone. */
export type RouteOrigin = 'auto' | 'explicit'

/** Starts to watch the calls of `setRoute`, and the frameworks if routes come from them, too. */
export function startRouteFinder(origin: RouteOrigin): RouteFinder {
  const assignedRoutes = watchAssignedRoutes((context, previous) =>
    firstFound(FIND_CONTEXT_MOUNT, context, previous, undefined),
  )
  const isAuto = origin === 'auto'
  const stops = isAuto
    ? [
        watchLoadedSources(SOURCE_LINKS),
        ...SOURCES.flatMap(([name, source]) => [watchLinks(name, source, assignedRoutes), source.watch?.()]),
      ]
    : []

  return {
    onResponseHead(request, context) {
      if (isAuto) for (const onResponseHead of ON_RESPONSE_HEAD) onResponseHead(request, context)
    },
    find(request, status, target) {
      const assigned = assignedRoutes.get(request)
      if (typeof assigned === 'string') return assigned
      const contextRoute =
        assigned &&
        firstFound(FIND_CONTEXT_ROUTE, assigned.context, { request, target, status, ...assigned }, undefined)
      const route =
        assigned === undefined || contextRoute === undefined
          ? isAuto && firstFound(FIND_ROUTE, request, status, target)
          : assigned.isBelowExpress
            ? addExpressMount(contextRoute, request)
            : (isAuto && isExpressRequest(request) && firstFound(FIND_EXPRESS_ROUTE, request, status, target)) ||
              contextRoute
      return !route || isNotFoundPage(route, status) ? UNKNOWN : route
    },
    stop() {
      assignedRoutes.stop()
      for (const stop of stops) stop?.()
    },
  }
}

/**
 * Links what the statements that are added to a framework publish, and passes it to the source of the framework's routes. Returns a
 * function that stops it.
 */
function watchLinks(
  name: string,
  { sourceLinks, onLink, hasRequests }: RouteSource,
  assignedRoutes: AssignedRoutes,
): (() => void) | undefined {
  if (sourceLinks === undefined) return undefined
  let isListeningForRequests = false
  function onMessage(message: unknown): void {
    try {
      assignedRoutes.link(message as LinkMessage)
      onLink?.(message as object)
      listenForRequests()
    } catch {
      // The objects are the frameworks', and their versions differ: the route is then unknown, and the framework goes on.
    }
  }
  function listenForRequests(): void {
    if (isListeningForRequests || !hasRequests?.()) return
    isListeningForRequests = true
    diagnostics_channel.subscribe(requestChannel(name), onMessage)
  }
  diagnostics_channel.subscribe(linkChannel(name), onMessage)
  listenForRequests()
  return () => {
    diagnostics_channel.unsubscribe(linkChannel(name), onMessage)
    diagnostics_channel.unsubscribe(requestChannel(name), onMessage)
  }
}

/** Returns a context's route below the mount of the Express app that passed the request on, if one did. */
function addExpressMount(template: string, request: object): string | undefined {
  try {
    const mount = findExpressMount(request)
    return mount === undefined ? undefined : joinTemplates(mount, template)
  } catch {
    return undefined
  }
}

function firstFound<A, B, C>(
  functions: readonly ((a: A, b: B, c: C) => string | undefined)[],
  a: A,
  b: B,
  c: C,
): string | undefined {
  for (const find of functions) {
    try {
      const template = find(a, b, c)
      if (typeof template === 'string' && template !== '') return template
    } catch {
      // The objects are the frameworks', and their versions differ: a request without a route is still counted.
    }
  }
  return undefined
}
