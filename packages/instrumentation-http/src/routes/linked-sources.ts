import { adonis } from './adonis.ts'
import { apollo } from './apollo.ts'
import { astro } from './astro.ts'
import { connect } from './connect.ts'
import { findMyWay } from './find-my-way.ts'
import { h3 } from './h3.ts'
import { hapi } from './hapi.ts'
import { hono } from './hono.ts'
import { koa } from './koa.ts'
import { nuxt } from './nuxt.ts'
import { polka } from './polka.ts'
import { polka0 } from './polka-0.ts'
import { reactRouter } from './react-router.ts'
import type { LinkedSource } from './route-source.ts'
import { sveltekit } from './sveltekit.ts'
import { tanstackStart } from './tanstack-start.ts'
import { trouter } from './trouter.ts'
import { trpc } from './trpc.ts'
import { yoga } from './yoga.ts'
import { zeroHttp } from './zero-http.ts'

/**
 * Every source of routes to whose contexts nothing leads from Node's request, by its name. The first one that finds a route wins: Nuxt
 * comes before h3, whose route serves all its pages.
 */
export const LINKED_SOURCES: Readonly<Record<string, LinkedSource>> = {
  koa,
  hono,
  nuxt,
  h3,
  hapi,
  findMyWay,
  trouter,
  zeroHttp,
  polka,
  polka0,
  connect,
  adonis,
  reactRouter,
  sveltekit,
  astro,
  tanstackStart,
  trpc,
  yoga,
  apollo,
}
