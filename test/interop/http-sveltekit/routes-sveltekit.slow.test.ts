import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from '../http/routes.ts'
import { buildServer } from './build.ts'

const known = (checks: RouteChecks) => (hasHooks() ? checks : { cases: withoutRoutes(checks.cases) })

checkRoutes(
  'SvelteKit',
  async () => startBuiltApp(await buildServer()),
  known({
    neverResponds: ['/never/1', '/never/[id]'],
    templates: ['/', '/users/[id]', '/docs/[...rest]', '/grouped/[[opt]]', '/api/items/[item]', '/found/[id]', '/fail'],
    cases: [
      ['GET /', '200 /'],
      ['GET /users/1?q=2', '200 /users/[id]'],
      ['GET /users/a%20b', '200 /users/[id]'],
      // What SvelteKit's client requests as a user goes to a page.
      ['GET /users/1/__data.json', '200 /users/[id]'],
      ['GET /docs/a/b', '200 /docs/[...rest]'],
      // A group of layouts is no part of the path.
      ['GET /grouped', '200 /grouped/[[opt]]'],
      ['GET /grouped/x', '200 /grouped/[[opt]]'],
      ['GET /api/items/1', '200 /api/items/[item]'],
      ['POST /api/items/1', '405 /api/items/[item]', {}],
      ['GET /found/no', '404 /found/[id]'],
      ['GET /fail', '500 /fail'],
      // `handle` responds instead of the route, and `reroute` changes the path.
      ['GET /users/1?refused', '401 /users/[id]'],
      ['GET /tenant-acme/users/1', '200 /users/[id]'],
      ['GET /nowhere', '404 unknown'],
      ['GET /users/1/2', '404 unknown'],
    ],
  }),
)

checkRoutes(
  'SvelteKit below a base',
  async () => startBuiltApp(await buildServer('/base')),
  known({
    cases: [
      // The base is not known yet.
      ['GET /base/tenant-acme/users/1', '200 unknown'],
      ['GET /base/users/1', '200 /base/users/[id]'],
      ['GET /base/users/1/__data.json', '200 /base/users/[id]'],
      ['GET /base/tenant-acme/users/1', '200 /base/users/[id]'],
      ['GET /base', '308 /base'],
      ['GET /base/', '200 /base'],
      ['GET /users/1', '404 unknown'],
    ],
  }),
)

// With hooks and without.
checkRoutes('SvelteKit that calls setRoute', async () => startBuiltApp(await buildServer()), {
  cases: [['GET /named', '200 /named-by-the-app']],
})
