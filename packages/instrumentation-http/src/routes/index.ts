import type { IncomingMessage } from 'node:http'
import { UNKNOWN } from '@agentgateway-otel/metrics'
import { express } from './express.ts'
import { fastify } from './fastify.ts'

/** How one framework tells which of its routes serves a request. */
export interface RouteSource {
  /** Where the framework announces routes: begins to listen, and returns what ends it. */
  watch?(setRoute: (request: IncomingMessage, template: string) => void): () => void
  /** Where the request itself tells, once it has been served. */
  routeOf?(request: IncomingMessage): string | undefined
}

const SOURCES: readonly RouteSource[] = [express, fastify]

export interface Routes {
  /** The template of the route that served the request, or `unknown`; never a raw path. */
  of(request: IncomingMessage): string
  stop(): void
}

/** Begins to learn the routes of requests. */
export function watchRoutes(): Routes {
  const announced = new WeakMap<IncomingMessage, string>()
  const stops = SOURCES.map((source) => source.watch?.((request, template) => announced.set(request, template)))

  return {
    of(request) {
      const template = announced.get(request)
      if (template !== undefined) return template
      for (const source of SOURCES) {
        const found = source.routeOf?.(request)
        if (found !== undefined) return found
      }
      return UNKNOWN
    },
    stop() {
      for (const stop of stops) stop?.()
    },
  }
}
