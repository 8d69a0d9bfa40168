import { express } from './express/index.ts'
import { fastify } from './fastify.ts'
import { h3 } from './h3.ts'
import { hapi } from './hapi.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { moleculerWeb } from './moleculer-web.ts'
import { next } from './next.ts'
import { opentelemetry } from './opentelemetry.ts'
import { restify } from './restify.ts'
import type { RouteSource } from './route-source.ts'

/**
 * The frameworks whose routes are read. The first that has a route for a request wins: a route of Express may serve Next.js, and
 * OpenTelemetry has its routes from instrumentations that may be wrong.
 */
export const ROUTE_SOURCES: readonly RouteSource[] = [
  next,
  express,
  fastify,
  koa,
  hono,
  h3,
  hapi,
  restify,
  moleculerWeb,
  opentelemetry,
]
