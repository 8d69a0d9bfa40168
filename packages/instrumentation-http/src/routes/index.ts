import { adonis } from './adonis.ts'
import { apollo } from './apollo.ts'
import { astro } from './astro.ts'
import { express } from './express/index.ts'
import { fastify } from './fastify.ts'
import { feathers } from './feathers.ts'
import { findMyWay } from './find-my-way.ts'
import { h3 } from './h3.ts'
import { hapi } from './hapi.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { moleculerWeb } from './moleculer-web.ts'
import { next } from './next.ts'
import { nuxt } from './nuxt.ts'
import { opentelemetry } from './opentelemetry.ts'
import { polka } from './polka.ts'
import { polka0 } from './polka-0.ts'
import { reactRouter } from './react-router.ts'
import { restify } from './restify.ts'
import type { RouteSource } from './route-source.ts'
import { router } from './router.ts'
import { sveltekit } from './sveltekit.ts'
import { tanstackStart } from './tanstack-start.ts'
import { trouter } from './trouter.ts'
import { trpc } from './trpc.ts'
import { yoga } from './yoga.ts'
import { zeroHttp } from './zero-http.ts'

/**
 * Every source of routes, by its name. The first one that finds a route wins: Next.js comes before Express, whose route may serve
 * it, Nuxt before h3, whose route serves all its pages, and OpenTelemetry comes last, because it repeats what it learned from a framework.
 */
export const ROUTE_SOURCES: Readonly<Record<string, RouteSource>> = {
  next,
  feathers,
  express,
  fastify,
  koa,
  hono,
  nuxt,
  h3,
  hapi,
  restify,
  moleculerWeb,
  findMyWay,
  trouter,
  zeroHttp,
  polka,
  polka0,
  router,
  adonis,
  reactRouter,
  sveltekit,
  astro,
  tanstackStart,
  trpc,
  yoga,
  apollo,
  opentelemetry,
}
