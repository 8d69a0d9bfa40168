import { UNKNOWN } from '@agentgateway-otel/metrics'
import { watchAssignedRoutes } from './assigned.ts'
import { isNotFound } from './catch-all.ts'
import { expressMount } from './express/index.ts'
import { ROUTE_SOURCES } from './index.ts'
import { mounted } from './target-path.ts'

const HEAD_SOURCES = ROUTE_SOURCES.flatMap(({ onHead }) => onHead ?? [])
const REQUEST_SOURCES = ROUTE_SOURCES.flatMap(({ ofRequest }) => ofRequest ?? [])
const MOUNT_SOURCES = ROUTE_SOURCES.flatMap(({ mountOf }) => mountOf ?? [])
const CONTEXT_SOURCES = ROUTE_SOURCES.flatMap(({ ofContext }) => ofContext ?? [])

export interface Routes {
  /** Has to be called when the head of a response has been sent. */
  onHead(request: object): void
  /** Returns the template of the route that served the request with this status, or `unknown`; never a raw path. */
  of(request: object, status: number): string
  stop(): void
}

/** Starts to observe which routes serve requests. */
export function watchRoutes(): Routes {
  const assigned = watchAssignedRoutes((context, previous) => firstOf(MOUNT_SOURCES, context, previous))
  const stops = ROUTE_SOURCES.map((source) => source.watch?.())

  return {
    onHead(request) {
      for (const onHead of HEAD_SOURCES) onHead(request)
    },
    of(request, status) {
      const set = assigned.of(request)
      if (typeof set === 'string') return set
      const inner = set && firstOf(CONTEXT_SOURCES, set.context, { request, status, above: set.above })
      const route = inner === undefined ? firstOf(REQUEST_SOURCES, request, status) : withExpressMount(inner, request)
      return route === undefined || isNotFound(route, status) ? UNKNOWN : route
    },
    stop() {
      assigned.stop()
      for (const stop of stops) stop?.()
    },
  }
}

/** Returns a framework's route with the mount above it, if Express has passed the request to that framework. */
function withExpressMount(template: string, request: object): string | undefined {
  try {
    const mount = expressMount(request)
    return mount === undefined ? undefined : mounted(mount, template)
  } catch {
    return undefined
  }
}

function firstOf<T extends unknown[]>(
  sources: readonly ((...from: T) => string | undefined)[],
  ...from: T
): string | undefined {
  for (const source of sources) {
    try {
      const route = source(...from)
      if (typeof route === 'string' && route !== '') return route
    } catch {
      // The properties are the frameworks' own, and reading them may throw. A request without a route still counts.
    }
  }
  return undefined
}
