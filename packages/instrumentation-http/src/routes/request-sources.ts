import { express } from './express/index.ts'
import { fastify } from './fastify.ts'
import { feathers } from './feathers.ts'
import { moleculerWeb } from './moleculer-web.ts'
import { next } from './next.ts'
import { opentelemetry } from './opentelemetry.ts'
import { restify } from './restify.ts'
import type { RequestSource } from './route-source.ts'

/**
 * Every source of routes that needs nothing but Node's request. The first one that finds a route wins: Next.js comes before Express,
 * whose route may serve it, and OpenTelemetry comes last, because it repeats what it learned from a framework.
 */
export const REQUEST_SOURCES: readonly RequestSource[] = [
  next,
  feathers,
  express,
  fastify,
  restify,
  moleculerWeb,
  opentelemetry,
]
