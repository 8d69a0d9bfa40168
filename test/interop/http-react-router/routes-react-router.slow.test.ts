import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteCase, type RouteChecks } from '../http/routes.ts'
import { buildServer, SERVE } from './build.ts'

/** To Express, all routes of React Router are one for every path. */
const ofExpress = (cases: readonly RouteCase[]) =>
  cases.map(
    ([request, expected]): RouteCase => [
      request,
      expected.replace(/(?<!404) \/.*/, ' /{*splat}').replace(/404 .*/, '404 unknown'),
    ],
  )

const known = (checks: RouteChecks) => (hasHooks() ? checks : { cases: ofExpress(checks.cases) })

const start = (base?: string) => async () => startBuiltApp(SERVE, { NODE_ENV: 'production' }, [await buildServer(base)])

checkRoutes(
  'React Router',
  start(),
  known({
    neverResponds: ['/never/1', '/never/:id'],
    // A URL that React Router refuses has the route of Express.
    templates: ['/', '/users/:id', '/users/:id/posts/:post?', '/api/items/:item', '/docs/*', '/fail', '/{*splat}'],
    cases: [
      ['GET /', '200 /'],
      ['GET /users/1?q=2', '200 /users/:id'],
      ['GET /users/1/posts/2', '200 /users/:id/posts/:post?'],
      // What React Router's client requests as a user goes to a page.
      ['GET /users/1.data', '200 /users/:id'],
      ['GET /_.data', '200 /'],
      ['GET /api/items/1', '200 /api/items/:item'],
      ['GET /docs/a/b', '200 /docs/*'],
      ['GET /fail', '500 /fail'],
      ['GET /nowhere', '404 unknown'],
      ['GET /users/1/2', '404 unknown'],
    ],
  }),
)

checkRoutes(
  'React Router below a basename',
  start('/base'),
  known({
    cases: [
      ['GET /base/users/1', '200 /base/users/:id'],
      ['GET /base', '200 /base'],
      ['GET /users/1', '404 unknown'],
    ],
  }),
)
