import type { IncomingMessage } from 'node:http'
import { UNKNOWN } from '@agentgateway-otel/metrics'
import { watchAssignedRoutes } from './assigned.ts'
import { express } from './express.ts'
import { fastify } from './fastify.ts'
import { h3 } from './h3.ts'
import { hapi } from './hapi.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { next } from './next.ts'
import { opentelemetry } from './opentelemetry.ts'
import { restify } from './restify.ts'

/** How one framework tells which of its routes serves a request. */
export interface RouteSource {
  /** Where the framework announces routes: begins to listen, and returns what ends it. */
  watch?(): () => void
  /** Where it can be known only from within: called as the response's head is sent, in the app's own call. */
  onHead?(request: IncomingMessage): void
  /**
   * The route that served this request, as the app wrote it; asked when the response has ended. `context` is what the
   * app gave to `setRoute` without a template. Undefined for a request of another framework, and where nothing matched.
   */
  routeOf(request: IncomingMessage, context: object | undefined): string | undefined
}

/** Next.js may be served by a route of Express; what OpenTelemetry says is second hand. */
const SOURCES: readonly RouteSource[] = [next, express, fastify, koa, hono, h3, hapi, restify, opentelemetry]

const HEAD_SOURCES = SOURCES.filter((source) => source.onHead !== undefined)

export interface Routes {
  /** To be told when the head of a response has been sent. */
  onHead(request: IncomingMessage): void
  /** The template of the route that served the request, or `unknown`; never a raw path. */
  of(request: IncomingMessage): string
  stop(): void
}

/** Begins to learn the routes of requests. */
export function watchRoutes(): Routes {
  const assigned = watchAssignedRoutes()
  const stops = SOURCES.map((source) => source.watch?.())

  return {
    onHead(request) {
      for (const source of HEAD_SOURCES) source.onHead?.(request)
    },
    of(request) {
      const given = assigned.of(request)
      if (typeof given === 'string') return given
      for (const source of SOURCES) {
        const found = routeFrom(source, request, given)
        if (found !== undefined) return found
      }
      return UNKNOWN
    },
    stop() {
      assigned.stop()
      for (const stop of stops) stop?.()
    },
  }
}

/** What is read is the frameworks', whatever their version made of it: a request without a route still counts. */
function routeFrom(source: RouteSource, request: IncomingMessage, context: object | undefined): string | undefined {
  try {
    return source.routeOf(request, context)
  } catch {
    return undefined
  }
}
