import { UNKNOWN } from '@agentgateway-otel/metrics'
import { watchAssignedRoutes } from './assigned.ts'
import { isNotFound } from './express/catch-all.ts'
import { express, expressMount } from './express/index.ts'
import { fastify } from './fastify.ts'
import { h3 } from './h3.ts'
import { hapi } from './hapi.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { next } from './next.ts'
import { opentelemetry } from './opentelemetry.ts'
import { restify } from './restify.ts'
import { mounted } from './target-path.ts'

/** How one framework tells which of its routes serves a request: Node's own, of `http` or `http2`. */
export interface RouteSource {
  /** Where the framework announces routes: begins to listen, and returns what ends it. */
  watch?(): () => void
  /** Where it can be known only from within: called as the response's head is sent, in the app's own call. */
  onHead?(request: object): void
  /**
   * The route that served this request, as the app wrote it; asked when the response has ended. Undefined for a request
   * of another framework, and where nothing matched. The status is that of the head that was sent; 0 without one.
   */
  ofRequest?(request: object, status: number): string | undefined
  /** The same of a context that the app gave to `setRoute`, which may be another framework's. */
  ofContext?(context: object, given: GivenContext): string | undefined
  /**
   * The template of the mount that this context is in as the app gives it to `setRoute`, after that of an outer app or
   * the same once more: asked then, as it may be gone later.
   */
  mountOf?(context: object, previous: object | undefined): string | undefined
}

/** What is known of a context besides what is in it. */
interface GivenContext {
  /** Node's own request. */
  readonly request: object
  /** Of the head that was sent; 0 without one. */
  readonly status: number
  /** The mounts that contexts of this request were in as they were given, the outermost first. */
  readonly above: readonly string[]
}

/** Next.js may be served by a route of Express; what OpenTelemetry says is second hand. */
const SOURCES: readonly RouteSource[] = [next, express, fastify, koa, hono, h3, hapi, restify, opentelemetry]

const HEAD_SOURCES = SOURCES.flatMap(({ onHead }) => onHead ?? [])
const REQUEST_SOURCES = SOURCES.flatMap(({ ofRequest }) => ofRequest ?? [])
const MOUNT_SOURCES = SOURCES.flatMap(({ mountOf }) => mountOf ?? [])
const CONTEXT_SOURCES = SOURCES.flatMap(({ ofContext }) => ofContext ?? [])

export interface Routes {
  /** To be told when the head of a response has been sent. */
  onHead(request: object): void
  /** The template of the route that served the request with this status, or `unknown`; never a raw path. */
  of(request: object, status: number): string
  stop(): void
}

/** Begins to learn the routes of requests. */
export function watchRoutes(): Routes {
  const assigned = watchAssignedRoutes((context, previous) => firstOf(MOUNT_SOURCES, context, previous))
  const stops = SOURCES.map((source) => source.watch?.())

  return {
    onHead(request) {
      for (const onHead of HEAD_SOURCES) onHead(request)
    },
    of(request, status) {
      const given = assigned.of(request)
      if (typeof given === 'string') return given
      const inner = given && firstOf(CONTEXT_SOURCES, given.context, { request, status, above: given.above })
      const route = inner === undefined ? firstOf(REQUEST_SOURCES, request, status) : inExpress(inner, request)
      return route === undefined || isNotFound(route, status) ? UNKNOWN : route
    },
    stop() {
      assigned.stop()
      for (const stop of stops) stop?.()
    },
  }
}

/** A route of a framework that Express may have handed the request to. */
function inExpress(template: string, request: object): string | undefined {
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
      // What is read is the frameworks', whatever their versions make of it: a request without a route still counts.
    }
  }
  return undefined
}
