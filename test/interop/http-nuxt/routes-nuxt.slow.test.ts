import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from '../http/routes.ts'
import { buildServer } from './build.ts'

const known = (checks: RouteChecks) => (hasHooks() ? checks : { cases: withoutRoutes(checks.cases) })

checkRoutes(
  'Nuxt',
  async () => startBuiltApp(await buildServer()),
  known({
    templates: [
      // Routes of the server.
      ...['/api/users/:id', '/api/hello', '/feed.xml'],
      // Pages, and h3's route for everything that is no route of the server.
      ...[
        '/',
        '/users/:id',
        '/docs/:slug(.*)*',
        '/about',
        '/parent',
        '/parent/:tab',
        '/fails-always',
        '/never-there',
        '/**',
      ],
    ],
    cases: [
      ['GET /api/users/1?q=2', '200 /api/users/:id'],
      ['GET /api/hello', '200 /api/hello'],
      ['GET /feed.xml', '200 /feed.xml'],
      ['GET /', '200 /'],
      ['GET /users/1?q=2', '200 /users/:id'],
      ['GET /users/a%20b', '200 /users/:id'],
      ['GET /docs/a/b', '200 /docs/:slug(.*)*'],
      ['GET /about', '200 /about'],
      // A page in a page, and the outer one alone.
      ['GET /parent/x', '200 /parent/:tab'],
      ['GET /parent', '200 /parent'],
      ['GET /fails-always', '500 /fails-always'],
      ['GET /never-there', '404 /never-there'],
      ['GET /api/nowhere', '404 unknown'],
      ['GET /nowhere', '404 unknown'],
      ['GET /users/1/2', '404 unknown'],
    ],
  }),
)

checkRoutes(
  'Nuxt below a prefix',
  async () => startBuiltApp(await buildServer(), { NUXT_APP_BASE_URL: '/base/' }),
  known({
    cases: [
      ['GET /base/api/users/1', '200 /base/api/users/:id'],
      ['GET /base/users/1', '200 /base/users/:id'],
      ['GET /base', '200 /base'],
      ['GET /users/1', '404 unknown'],
    ],
  }),
)

// With hooks and without.
checkRoutes('Nuxt that calls setRoute', async () => startBuiltApp(await buildServer()), {
  cases: [['GET /api/named', '200 /named-by-the-app']],
})
