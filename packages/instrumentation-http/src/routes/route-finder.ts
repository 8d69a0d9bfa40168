import diagnostics_channel from 'node:diagnostics_channel'
import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Context } from '@opentelemetry/api'
import { type AssignedRoutes, type LinkedContext, watchAssignedRoutes } from './assigned-routes.ts'
import { express, findExpressMount, isExpressRequest } from './express/index.ts'
import { fastify } from './fastify.ts'
import { type LinkMessage, linkChannel, requestChannel } from './link-channels.ts'
import { mayHaveLinkedFramework } from './linked-frameworks.ts'
import { loadLinkedRoutes } from './load-linked-routes.ts'
import { REQUEST_SOURCES } from './request-sources.ts'
import type { LinkedSource } from './route-source.ts'
import { isNotFoundPage, joinTemplates } from './template.ts'

const ON_RESPONSE_HEAD = REQUEST_SOURCES.flatMap(({ onResponseHead }) => onResponseHead ?? [])
const FIND_ROUTE = REQUEST_SOURCES.map(({ findRoute }) => findRoute)
const FIND_EXPRESS_ROUTE = [express.findRoute]

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
    firstFound(getContextFinders().findMount, context, previous),
  )
  const { bases } = assignedRoutes
  const isAuto = origin === 'auto'
  const stops = isAuto ? REQUEST_SOURCES.map(({ watch }) => watch?.()) : []
  if (isAuto && mayHaveLinkedFramework()) stops.push(linkFrameworks(assignedRoutes))

  /** Returns the route that is found without `setRoute` having named it. */
  function findRoute(request: object, status: number, target: string, linked: LinkedContext | undefined) {
    const route = linked && findContextRoute(linked, request, status, target, bases)
    if (linked === undefined || route === undefined) {
      return isAuto ? firstFound(FIND_ROUTE, request, status, target, bases) : undefined
    }
    if (linked.isBelowExpress) return addExpressMount(route, request)
    // An app of Express in a route of the framework has responded, so its route counts.
    const isInExpress = isAuto && isExpressRequest(request)
    return (isInExpress ? firstFound(FIND_EXPRESS_ROUTE, request, status, target, bases) : undefined) ?? route
  }

  return {
    onResponseHead(request, context) {
      if (isAuto) for (const onResponseHead of ON_RESPONSE_HEAD) onResponseHead(request, context)
    },
    find(request, status, target) {
      const assigned = assignedRoutes.get(request)
      if (typeof assigned === 'string') return assigned
      const route = findRoute(request, status, target, assigned)
      return route === undefined || isNotFoundPage(route, status) ? UNKNOWN : route
    },
    stop() {
      assignedRoutes.stop()
      for (const stop of stops) stop?.()
    },
  }
}

function findContextRoute(
  linked: LinkedContext,
  request: object,
  status: number,
  target: string,
  bases: ReadonlySet<string>,
): string | undefined {
  const findFastifyRoute = () => fastify.findRoute(request, status, target, bases)
  const details = { ...linked, request, target, status, findFastifyRoute }
  return firstFound(getContextFinders().findRoute, linked.context, details)
}

/** What finds the routes and the mounts of contexts. */
interface ContextFinders {
  readonly findRoute: readonly NonNullable<LinkedSource['findContextRoute']>[]
  readonly findMount: readonly NonNullable<LinkedSource['findContextMount']>[]
}

let contextFinders: ContextFinders | undefined

/** Returns what finds the routes of contexts. To be called for the first context that is linked to a request. */
function getContextFinders(): ContextFinders {
  contextFinders ??= createContextFinders()
  return contextFinders
}

function createContextFinders(): ContextFinders {
  const linked = Object.values(loadLinkedRoutes().LINKED_SOURCES)
  return {
    findRoute: [...REQUEST_SOURCES, ...linked].flatMap(({ findContextRoute }) => findContextRoute ?? []),
    findMount: linked.flatMap(({ findContextMount }) => findContextMount ?? []),
  }
}

/** Adds the statements that link contexts to requests to the frameworks, as they are loaded. Returns a function that stops it. */
function linkFrameworks(assignedRoutes: AssignedRoutes): () => void {
  const { LINKED_SOURCES, watchLoadedSources } = loadLinkedRoutes()
  const sources = Object.entries(LINKED_SOURCES)
  const links = sources.flatMap(([name, { sourceLinks, requestLinks = [] }]) => [
    ...sourceLinks.map((link) => ({ ...link, channel: linkChannel(name) })),
    ...requestLinks.map((link) => ({ ...link, channel: requestChannel(name) })),
  ])
  const stops = [
    watchLoadedSources(links),
    ...sources.map(([name, source]) => watchLinks(name, source, assignedRoutes)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/**
 * Passes what the statements that are added to a framework publish to the source of its routes, and links its contexts. Returns a
 * function that stops it.
 */
function watchLinks(name: string, { onLink, hasRequests }: LinkedSource, assignedRoutes: AssignedRoutes): () => void {
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

function firstFound<Arguments extends readonly unknown[]>(
  functions: readonly ((...args: Arguments) => string | undefined)[],
  ...args: Arguments
): string | undefined {
  for (const find of functions) {
    try {
      const template = find(...args)
      if (typeof template === 'string' && template !== '') return template
    } catch {
      // The objects are the frameworks', and their versions differ: a request without a route is still counted.
    }
  }
  return undefined
}
