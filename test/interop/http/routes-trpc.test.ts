import { startApp } from '../../harness/app.ts'
import { checkLoaded } from './each-load.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteCase, type RouteChecks } from './routes.ts'

const PROCEDURES = ['hello', 'user.byId', 'user.rename', 'fail', 'later.thing', ':procedures']

const CASES: readonly RouteCase[] = [
  ['GET /trpc/hello', '200 /trpc/hello'],
  ['GET /trpc/user.byId?input=1', '200 /trpc/user.byId'],
  ['GET /trpc/user%2EbyId', '200 /trpc/user.byId'],
  ['POST /trpc/user.rename', '200 /trpc/user.rename', {}],
  ['GET /trpc/later.thing', '200 /trpc/later.thing'],
  ['GET /trpc/fail', '500 /trpc/fail'],
  // The procedure is of another kind.
  ['GET /trpc/user.rename', '405 /trpc/user.rename'],
  // A batch of one, and of several.
  ['GET /trpc/hello?batch=1', '200 /trpc/hello'],
  ['GET /trpc/hello,user.byId?batch=1', '200 /trpc/:procedures'],
  ['GET /trpc/hello,hello,hello,hello?batch=1', '200 /trpc/:procedures'],
  ['GET /trpc/hello,fail?batch=1', '207 /trpc/:procedures'],
]

/** Requests of no procedure, or of one that does not exist. */
const UNKNOWN: readonly RouteCase[] = [
  ['GET /trpc/nothing', '404 unknown'],
  ['GET /trpc/constructor', '404 unknown'],
  ['GET /trpc/hello,user.byId', '404 unknown'],
  ['GET /trpc/nothing?batch=1', '404 unknown'],
]

const EXPRESS: readonly RouteCase[] = [['GET /acme/trpc/user.byId', '200 /:tenant/trpc/user.byId']]

for (const ADAPTER of ['standalone', 'express']) {
  const mounts = ADAPTER === 'express' ? ['/trpc', '/:tenant/trpc'] : ['/trpc']
  const checks: RouteChecks = {
    cases: [...CASES, ...UNKNOWN, ...(ADAPTER === 'express' ? EXPRESS : [])],
    neverResponds: ['/trpc/never', '/trpc/never'],
    templates: mounts.flatMap((mount) => PROCEDURES.map((name) => `${mount}/${name}`)),
  }
  checkLoaded(`tRPC, ${ADAPTER}`, './apps/trpc-routes.js', checks, { ADAPTER })
}

// Without hooks, and where there is no such procedure, the route is that of tRPC's plugin.
const toPlugin = (cases: readonly RouteCase[]) =>
  cases.map(([request, expected, json]): RouteCase => [request, expected.replace(/ .*/, ' /trpc/:path'), json])

for (const LOAD of ['import', 'require']) {
  checkRoutes(
    `tRPC, Fastify, by ${LOAD}`,
    () => startApp(new URL('./apps/trpc-routes.js', import.meta.url), { env: { ADAPTER: 'fastify', LOAD } }),
    { cases: [...(hasHooks() ? CASES : toPlugin(CASES)), ...toPlugin(UNKNOWN), ['GET /nowhere', '404 unknown']] },
  )
}
